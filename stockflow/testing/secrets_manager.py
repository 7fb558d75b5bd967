"""A secret in memory, behind the part of boto3's Secrets Manager client that this project uses."""

import json
from collections.abc import Mapping

from stockflow.testing.faults import Faults


class FakeSecrets(Faults):
    """One secret, whatever it is called.

    >>> FakeSecrets({"ALPHA_VANTAGE_API_KEY": "demo"}).get_secret_value(SecretId="stockflow")
    {'SecretString': '{"ALPHA_VANTAGE_API_KEY": "demo"}'}

    Attributes:
        values: what is in it; may be changed.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self.values = dict(values)

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self._called("get_secret_value")
        return {"SecretString": json.dumps(self.values)}
