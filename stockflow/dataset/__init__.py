"""The dataset as programs read it, from a folder or from S3."""

from stockflow.dataset.dataset import Dataset
from stockflow.dataset.errors import DatasetError

__all__ = ["Dataset", "DatasetError"]
