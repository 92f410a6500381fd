"""`plainline prompts`: what a neighbour may record, by telephone or as files, and taking the files in."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, e164_number, find_settings

if TYPE_CHECKING:
    from gateway.commands.command import Commands
    from gateway.prompts import ToRecord


def add(commands: Commands) -> None:
    """Add the command with its three parts."""
    parser = add_command(
        commands,
        "prompts",
        list_prompts,
        summary="list what a neighbour may record for calls, and take it in from files or by telephone",
        example="plainline prompts list en > to-read.txt\nplainline prompts add recordings\n"
        "plainline prompts record en --number +447700900123",
        statuses="see: plainline prompts list --help, and so on for add, record",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    listing = add_command(
        parts,
        "list",
        list_prompts,
        summary="print each prompt: the file it is recorded to, and the words to read",
        example="plainline prompts list en",
        statuses="0  listed\n1  the gateway does not speak that language\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    listing.add_argument("language", metavar="LANG", help="the language, like en")
    add_config(listing)
    adding = add_command(
        parts,
        "add",
        add_prompts,
        summary="take in a folder of WAV files, named as the list names them",
        example="plainline prompts add recordings",
        statuses="0  every file was taken\n1  some were not; each is named with what is wrong\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    adding.add_argument("folder", type=Path, metavar="FOLDER", help="the folder with the recordings")
    add_config(adding)
    _add_record(parts)


def _add_record(parts: Commands) -> None:
    recording = add_command(
        parts,
        "record",
        record_prompts,
        summary="have a neighbour rung by the gateway that runs, who reads the prompts into the telephone",
        example="plainline prompts record en --number +447700900123",
        statuses="0  some were read; another call goes on where this one stopped\n"
        "1  none were: nobody answered, or the gateway may not ring that number\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    recording.add_argument("language", metavar="LANG", help="the language, like en")
    recording.add_argument(
        "--number", type=e164_number, required=True, metavar="NUMBER", help="whom to ring: +44…"
    )
    add_config(recording)


def list_prompts(options: argparse.Namespace) -> int:
    """Print the prompts of one language."""
    wanted = _wanted(options, (options.language,))
    if not wanted:
        print(f"Nothing is said in {options.language} here.")
        return exits.FAILED
    for prompt in wanted:
        print(f"{prompt.file}\t{prompt.words}")
    return exits.DONE


def add_prompts(options: argparse.Namespace) -> int:
    """Take in what was recorded and name what was not."""
    from gateway.config import load_config
    from gateway.prompts import take_in

    config = load_config(find_settings(options.config))
    known = {prompt.file for prompt in _wanted(options, None)}
    taken = take_in(options.folder, config.data / "audio", known)
    for sentence in taken.wrong:
        print(sentence)
    print(f"{taken.clips} recordings taken in. Calls use them from now on.")
    return exits.FAILED if taken.wrong else exits.DONE


def record_prompts(options: argparse.Namespace) -> int:
    """Have the prompts of one language read into the telephone."""
    import asyncio

    from gateway.config import load_config
    from gateway.reader import have_read

    wanted = _wanted(options, (options.language,))
    if not wanted:
        print(f"Nothing is said in {options.language} here.")
        return exits.FAILED
    config = load_config(find_settings(options.config))

    def tell(words: str) -> None:
        print(words, flush=True)

    asyncio.run(have_read(config, options.language, options.number, wanted, tell, datetime.now(UTC)))
    return exits.DONE


def _wanted(options: argparse.Namespace, languages: tuple[str, ...] | None) -> list[ToRecord]:
    from flows.library import BUILT_IN, load_library
    from gateway.community import load_community
    from gateway.config import load_config
    from gateway.prompts import to_record

    config = load_config(find_settings(options.config))
    library = load_library((BUILT_IN, *config.flows))
    community = load_community(config.community) if config.community else None
    places = {place.key: place.label for place in community.places} if community else {}
    spoken = library.languages if languages is None else [tag for tag in languages if tag in library.common]
    return [prompt for language in spoken for prompt in to_record(library, language, places)]
