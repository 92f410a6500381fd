"""Where speech models live: one folder a language, in it one folder a model."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from modem.errors import SpeechDown
from modem.speech.download import Progress, Wanted, download, read_text
from modem.speech.model_list import LIST_NAME, PUBLISHER, ModelOffer, choose, language_of, parse_list

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_DOWNLOADS = ".downloads"
_UNPACKING = ".unpacking-"


class ModelFolder:
    """The speech models in `folder`; `source` is where others come from: the publisher, or a mirror."""

    def __init__(self, folder: Path, source: str = PUBLISHER) -> None:
        self._folder = folder
        self._source = source.rstrip("/")

    def installed(self) -> Mapping[str, Path]:
        """Give the folder of each language's model (BCP 47); the newest where there are several."""
        models = {}
        for language in sorted(_folders(self._folder)):
            if found := list(_folders(language)):
                models[language.name] = max(found, key=lambda path: path.stat().st_mtime_ns)
        return models

    async def offered(self) -> list[ModelOffer]:
        """Give the models that are to be had. Raises `SpeechDown` when their list is not."""
        return parse_list(await read_text(f"{self._source}/{LIST_NAME}"))

    async def get(self, language: str, progress: Progress) -> Path:
        """Bring the model for `language` here, and give its folder. Raises `SpeechDown`."""
        tag = _tag(language)
        offer = choose(await self.offered(), tag)
        downloads = self._folder / _DOWNLOADS
        downloads.mkdir(parents=True, exist_ok=True)
        # Named by its sum, so that what is left of another release is not gone on with.
        part = downloads / f"{offer.name}-{offer.md5[:8]}.zip"
        if shutil.disk_usage(downloads).free < offer.octets:
            raise SpeechDown(f"The disk has no {offer.octets / 1e6:.0f} MB free for the model: make room.")
        await download(Wanted(f"{self._source}/{offer.name}.zip", offer.octets, offer.md5), part, progress)
        model = await asyncio.to_thread(self._place, part, tag, offer.name)
        part.unlink()
        return model

    def add(self, file: Path, language: str | None = None) -> tuple[str, Path]:
        """Unpack the model in `file`, and give its language and folder; the file is left as it is.

        `language` may be left out where the name of the file tells it. Raises `SpeechDown`.
        """
        if not file.is_file():
            raise SpeechDown(f"There is no file {file}.")
        tag = language or language_of(file.stem)
        if tag is None:
            raise SpeechDown(f"The name {file.name} tells no language. Say which: --language en")
        # `add` of what `get en` would have brought serves all English, too.
        tag = _tag(tag) if language else _tag(tag).partition("-")[0]
        return tag, self._place(file, tag, file.stem)

    def _place(self, file: Path, language: str, name: str) -> Path:
        """Unpack aside, then rename: a model is there whole or not at all, and the old one until then."""
        from modem.speech.model_zip import unpack  # for whoever installs a model, not for the gateway

        home = self._folder / language
        home.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=_UNPACKING, dir=self._folder))
        try:
            root = unpack(file, aside)
            place = _free(home, name)
            root.rename(place)
            place.touch()
        except OSError as error:
            raise SpeechDown(f"The model cannot be unpacked: {error.strerror}.") from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            with contextlib.suppress(OSError):
                home.rmdir()
        for other in _folders(home):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)
        return place


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _free(home: Path, name: str) -> Path:
    number = 1
    while (place := home / (name if number == 1 else f"{name}.{number}")).exists():
        number += 1
    return place


def _tag(language: str) -> str:
    tag = language.lower()
    if not _TAG.fullmatch(tag):
        raise SpeechDown(f"{language} is no language tag. Write for example: en")
    return tag
