"""What a text costs the community, where the operator has said so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one part of a text; `currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str

    def of(self, parts: int, language: str) -> str:
        """Give the price of so many parts in words of a language."""
        return format_currency(self.amount * parts, self.currency, locale=language)


def read_price(written: str) -> Price | None:
    """Read a price such as `0.05 GBP`; None where that is none."""
    amount, _, currency = written.partition(" ")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    if not value.is_finite() or value < 0 or not (len(currency) == 3 and currency.isupper()):
        return None
    return Price(value, currency)
