"""The templates, and how they show people, days and moments."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from babel.dates import format_date, format_time
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from gateway.store.people import Resident
from gateway.store.urgent import Urgent
from gateway.web import assets, words


@cache
def templates() -> Environment:
    """Give every template of a page, read and compiled when it is first shown."""
    environment = Environment(
        loader=PackageLoader("gateway.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = assets.address_of
    environment.filters.update(
        shown=shown,
        clock=clock,
        clock24=clock24,
        day=day,
        local_day=local_day,
        moment=moment,
        language_name=words.language_name,
    )
    return environment


@pass_context
def shown(context: Context, value: str | Resident | Urgent) -> str:
    """Show a name, number or words of a resident, or a resident, to those who may see them."""
    if not context["names"]:
        if isinstance(value, str):
            return str(context["t"]("common.hidden")) if value else ""
        resident_id = value.id if isinstance(value, Resident) else value.resident_id
        return str(context["t"]("common.resident", id=resident_id))
    if isinstance(value, str):
        return value
    return f"{value.name} ({value.number})" if value.name else value.number


@pass_context
def clock(context: Context, at: datetime) -> str:
    """Show the local time of day of a moment."""
    return format_time(at.astimezone(context["zone"]), "short", locale=context["locale"])


@pass_context
def clock24(context: Context, at: datetime) -> str:
    """Write the local time of day of a moment as a time field has it: 09:30."""
    return f"{at.astimezone(context['zone']):%H:%M}"


@pass_context
def local_day(context: Context, at: date) -> str:
    """Show a local day with its weekday."""
    return format_date(at, "full", locale=context["locale"])


@pass_context
def day(context: Context, at: datetime) -> str:
    """Show the local day of a moment."""
    return format_date(at.astimezone(context["zone"]), "medium", locale=context["locale"])


@pass_context
def moment(context: Context, at: datetime) -> Markup:
    """Show a moment: its time today, its day and time before."""
    local, today = at.astimezone(context["zone"]), context["now"].astimezone(context["zone"])
    words_ = clock(context, at)
    if local.date() != today.date():
        words_ = f"{day(context, at)}, {words_}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), words_)
