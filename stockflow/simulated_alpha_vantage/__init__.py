"""A simulated Alpha Vantage on this machine: invented prices, no invented words, real refusals, failures on demand."""

from stockflow.simulated_alpha_vantage.faults import FAULTS
from stockflow.simulated_alpha_vantage.server import SimulatedVendor
from stockflow.simulated_alpha_vantage.terms import VendorRequest

__all__ = ["FAULTS", "SimulatedVendor", "VendorRequest"]
