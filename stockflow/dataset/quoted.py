"""Columns that say in what prices are quoted, of each row; made when they are asked for."""

import os
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.parquet import described
from stockflow_functions.domain.prices.currencies import quoted_in
from stockflow_functions.vendors import name_in, vendor_named

CURRENCY = described("currency", pa.string(), "that the exchange usually quotes in; null if unknown", "ISO 4217")
PRICE_SCALE = described("price_scale", pa.float64(), "a price times this is in the currency: 0.01 for pence", "factor")
QUOTED = (CURRENCY.name, PRICE_SCALE.name)


def with_quoted(bars: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The bars with those of both columns that are among ``columns``.

    Raises:
        InvalidInput: PRICE_VENDOR names no vendor.
    """
    if not set(QUOTED) & set(columns):
        return bars
    codes = pc.dictionary_encode(bars.column("symbol")).combine_chunks()
    vendor = vendor_named(name_in(os.environ))
    quoted = [quoted_in(vendor.exchange_code(symbol)) for symbol in codes.dictionary.to_pylist()]
    currencies = pa.array([each and each.currency for each in quoted], CURRENCY.type)
    scales = pa.array([each and each.scale for each in quoted], PRICE_SCALE.type)
    found = bars.append_column(CURRENCY, currencies.take(codes.indices))
    return found.append_column(PRICE_SCALE, scales.take(codes.indices))
