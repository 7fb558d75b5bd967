"""A simulated Alpha Vantage on this machine: invented prices, real refusals, and failures on demand."""

from stockflow.embedded.vendor.faults import FAULTS
from stockflow.embedded.vendor.server import SimulatedVendor
from stockflow.embedded.vendor.terms import VendorRequest

__all__ = ["FAULTS", "SimulatedVendor", "VendorRequest"]
