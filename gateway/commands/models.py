"""`plainline models`: the speech models, without which callers use keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from gateway.commands.command import Commands
    from gateway.config import Config
    from modem.speech.models import ModelFolder

_BAR_WIDTH = 30
_USED_NEXT = (
    "A gateway that runs uses it once it is started again. Which words it cannot hear: plainline models check"
)
_NONE_HERE = "No model is here, so callers use keys. Bring one here, for English: plainline models get en"


def add(commands: Commands) -> None:
    """Add the command with its four parts."""
    parser = add_command(
        commands,
        "models",
        list_models,
        summary="list, bring here or check the models that understand speech on calls",
        example="plainline models list\nplainline models get en",
        statuses="see: plainline models list --help, and so on for get, add, check",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = add_command(
        parts,
        "list",
        list_models,
        summary="print the models that are here, and the languages there are others for",
        example="plainline models list",
        statuses="0  listed\n1  the publisher's list cannot be had; what is here was listed\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    getting = add_command(
        parts,
        "get",
        get_model,
        summary="bring the model of a language here, going on where it was cut off the last time",
        example="plainline models get en",
        statuses="0  it is here, whole\n1  it is not; what was here before still is\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    getting.add_argument("language", metavar="LANG", help="the language, like en")
    adding = add_command(
        parts,
        "add",
        add_model,
        summary="take a model from a ZIP file, as where there is no internet",
        example="plainline models add /media/stick/vosk-model-small-en-us-0.15.zip",
        statuses="0  it is here, whole\n1  it is not; what was here before still is\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    adding.add_argument("file", type=Path, metavar="FILE.zip", help="the model as its publisher packed it")
    adding.add_argument("--language", metavar="LANG", help="its language, where its name does not tell")
    checking = add_command(
        parts,
        "check",
        check_models,
        summary="load each model that is here, and look for the words residents will say",
        example="plainline models check",
        statuses="0  every model loads; words it does not know are named\n1  one does not, or there is none\n"
        "2  wrong use\n3  a mistake in the settings",
    )
    for part in (listing, getting, adding, checking):
        add_config(part)


def list_models(options: argparse.Namespace) -> int:
    """Print what is here, then what is to be had."""
    import asyncio

    config = _config(options)
    here = _folder(config).installed()
    for language, model in here.items():
        print(f"{language}\t{model.name}")
    if not here:
        print(_NONE_HERE)
    sys.stdout.flush()
    offers = asyncio.run(_folder(config).offered())
    print(f"To be had: {', '.join(sorted({offer.language for offer in offers if offer.is_small}))}")
    return exits.DONE


def get_model(options: argparse.Namespace) -> int:
    """Bring one model here, with a bar that shows how far it is."""
    import asyncio

    config = _config(options)
    model = asyncio.run(_folder(config).get(options.language, _show_progress))
    print(f"{model.name} is here. {_USED_NEXT}")
    return exits.DONE


def add_model(options: argparse.Namespace) -> int:
    """Take one model from a file."""
    config = _config(options)
    language, model = _folder(config).add(options.file, options.language)
    print(f"{model.name} is here, for {language}. {_USED_NEXT}")
    return exits.DONE


def check_models(options: argparse.Namespace) -> int:
    """Load each model and name what it does not know of what is listened for."""
    import asyncio

    from flows.library import BUILT_IN, load_library
    from gateway.community import load_community
    from gateway.speech_check import check_models as check

    config = _config(options)
    here = _folder(config).installed()
    if not here:
        print(_NONE_HERE)
        return exits.FAILED
    library = load_library((BUILT_IN, *config.flows))
    community = load_community(config.community) if config.community else None
    places = (
        [name for place in community.places for name in (place.label, *place.nicknames)] if community else []
    )
    reports, _ = asyncio.run(check(here, library, places))
    for report in reports:
        if report.why:
            print(f"{report.language}\t{report.why}")
            continue
        unknown = ", ".join(report.unknown) or "none"
        print(f"{report.language}\tloads in {report.seconds:.1f} s. Words it cannot hear: {unknown}")
    return exits.FAILED if any(report.why for report in reports) else exits.DONE


def _show_progress(have: int, whole: int) -> None:
    """Draw the bar where somebody looks on; a log gets none."""
    if not sys.stderr.isatty() or not whole:
        return
    done = _BAR_WIDTH * have // whole
    bar = "#" * done + "." * (_BAR_WIDTH - done)
    end = "\n" if have == whole else ""
    print(f"\r[{bar}] {have / 1e6:.1f} of {whole / 1e6:.1f} MB", end=end, file=sys.stderr, flush=True)


def _config(options: argparse.Namespace) -> Config:
    from gateway.config import load_config

    return load_config(find_settings(options.config))


def _folder(config: Config) -> ModelFolder:
    from modem.speech.model_list import PUBLISHER
    from modem.speech.models import ModelFolder

    return ModelFolder(config.models, config.calls.models_from or PUBLISHER)
