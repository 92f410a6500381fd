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
    """Add the command with its parts."""
    parser = add_command(
        commands,
        "prompts",
        list_prompts,
        summary="list what a neighbour may record for calls, and take it in from files or by telephone",
        example="plainline prompts list en > to-read.txt\nplainline prompts add recordings\n"
        "plainline prompts record en --number +447700900123\nplainline prompts code en",
        statuses="see: plainline prompts list --help, and so on for add, record, code",
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
    _add_code(parts)


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


def _add_code(parts: Commands) -> None:
    code = add_command(
        parts,
        "code",
        make_reading_code,
        summary="make a code with which a neighbour who rings the gateway reads the prompts",
        example="plainline prompts code en",
        statuses="0  made, and shown this once\n"
        "1  not made: nothing is left to read, no modem takes calls, or the database cannot be used\n"
        "2  wrong use\n3  a mistake in the settings",
    )
    code.add_argument("language", metavar="LANG", help="the language, like en")
    add_config(code)


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


def make_reading_code(options: argparse.Namespace) -> int:
    """Make the code with which whoever rings in reads the prompts of one language, and print it."""
    from gateway.commands.in_database import in_database
    from gateway.config import load_config
    from gateway.reading_code import VALID_FOR, make_code

    wanted = _wanted(options, (options.language,))
    if not wanted:
        print(f"Nothing is said in {options.language} here.")
        return exits.FAILED
    config = load_config(find_settings(options.config))
    left = sum(not (config.data / "audio" / prompt.file).is_file() for prompt in wanted)
    if not left:
        print(f"All {len(wanted)} are recorded already. To have one read again, delete its file.")
        return exits.FAILED
    hearing = [modem for modem in config.modems if modem.audio or modem.is_software]
    if not hearing or config.calls.closed:
        print("Nobody who rings could read: no modem here takes calls, or calls are closed in the settings.")
        return exits.FAILED
    code = in_database(options, lambda tx, now: make_code(tx, options.language, now))
    ours = " or ".join(modem.number for modem in hearing if modem.number) or "the gateway"
    hours = round(VALID_FOR.total_seconds() / 3600)
    print(f"Ring {ours} within {hours} hours, press # as soon as it speaks, and then:")
    print(code)
    print(f"It is good once. {left} texts are to be read; with another code one goes on where one stopped.")
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
