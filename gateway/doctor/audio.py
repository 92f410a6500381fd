"""`plainline doctor --audio`: a call in which the sound of one modem is measured."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from flows.library import BUILT_IN, load_library
from gateway.call_loading import load_ears
from gateway.call_words import common_sentences, standing_sentences
from gateway.community import load_community
from gateway.config import Config, ModemConfig
from gateway.doctor.finding import Finding, bad
from gateway.doctor.neighbour import neighbour_of
from gateway.errors import ConfigError
from gateway.lines import opener_of
from gateway.lock import held, is_held
from gateway.mouth import Mouth
from gateway.tuned import keep_tuned, place_of
from modem.audio.line import Line
from modem.driver import CallEnded, Ringing
from modem.errors import ModemError
from modem.link import Link, LinkSettings, LinkState
from modem.speech.cache import SoundCache
from modem.speech.voice import SpeechVoice

if TYPE_CHECKING:
    from gateway.doctor.line_check import Checked, Script

READY_SECONDS = 90.0
RING_SECONDS = 300.0
TRIAL_SENTENCES = 5


async def examine_audio(config: Config, name: str, tell: Callable[[str], None]) -> list[Finding]:
    """Measure the sound of the modem `name` ("": the only one with sound), and keep what was found of it.

    `tell` is told what whoever looks on has to do.
    """
    modem = _modem(config, name)
    if isinstance(modem, Finding):
        return [modem]
    if is_held(config.data):
        return [
            bad(
                "gateway",
                "It is running and holds the modem, so its sound cannot be measured.",
                "Stop it (sudo systemctl stop plainline), measure, and start it again.",
            )
        ]
    with held(config.data):
        try:
            return await _measured(config, modem, tell)
        except ModemError as error:
            return [bad("sound", str(error), "See your modem's page in docs/modems; then measure again.")]


def _modem(config: Config, name: str) -> ModemConfig | Finding:
    with_sound = [modem for modem in config.modems if modem.is_software or modem.audio]
    if not with_sound:
        return bad(
            "sound",
            "No modem has `audio` in the settings, so there is no sound to measure.",
            "See your modem's page in docs/modems for what to write.",
        )
    chosen = [modem for modem in with_sound if name in ("", modem.name)]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(modem.name for modem in with_sound)
    return bad("sound", f"Which modem? With sound there are: {names}.", "plainline doctor --audio MODEM")


async def _measured(config: Config, modem: ModemConfig, tell: Callable[[str], None]) -> list[Finding]:
    await load_ears()
    from gateway.doctor.line_check import check_line
    from gateway.doctor.line_findings import line_findings

    async with AsyncExitStack() as stack:
        voice = SpeechVoice(SoundCache(config.data / "prompts"), config.calls.voices)
        stack.push_async_callback(voice.stop)
        mouth = Mouth(voice, (config.data / "audio", *config.flows, BUILT_IN))
        script = _script(config)
        for sentences in (script.quiet, script.trial, script.count, script.thanks):
            await mouth.prepare(sentences)
        counting = await voice.speak("one two three four five six seven eight nine ten", "en")
        neighbour = await stack.enter_async_context(neighbour_of(config, modem, counting))
        link = Link(
            LinkSettings(modem.name, neighbour.device if neighbour else modem.device),
            random=SystemRandom(),
            now=lambda: datetime.now(UTC),
            remember_pin=_remember_nothing,
        )
        caller = await stack.enter_async_context(_answering(link))
        if not await _within(READY_SECONDS, caller.ready):
            if modem.pin and link.state is LinkState.PIN:
                # A doctor tries no PIN: the gateway does, once, and writes it down before.
                remedy = "Start the gateway once, which enters the PIN; stop it, and measure again."
                return [bad("modem", "The SIM asks for its PIN.", remedy)]
            return [bad("modem", link.explain(), "See all of it: plainline doctor")]
        if neighbour is not None:
            tell("The modem is made of software, and so is the neighbour who rings now.")
            await neighbour.ring()
        else:
            tell(
                f"Ring {modem.number or 'the number of this modem'} now, from a telephone in a quiet room, "
                "and do what you are told. It takes a minute. (Ctrl-C gives up.)"
            )
        if not await _within(RING_SECONDS, caller.rings):
            return [
                bad("sound", "Nobody rang, so nothing was measured.", "Ring the number within five minutes.")
            ]
        opener = opener_of(config, modem, link)
        assert opener is not None, "a modem without sound is not chosen"  # noqa: S101
        count = neighbour.count.set if neighbour else lambda: None
        line = await opener()
        check = check_line(line, place_of(modem.audio), mouth, script, count)
        checked = await _held(line, link, caller, check)
    if checked is None:
        return [bad("sound", "The call ended before all was measured.", "Begin again, and stay on the line.")]
    return list(line_findings(checked, str(keep_tuned(config.data, modem.name, checked.tuned))))


async def _held(
    line: Line, link: Link, caller: _Caller, check: Coroutine[Any, Any, Checked]
) -> Checked | None:
    """Answer, measure and ring off; None when whoever rang did so first."""
    await link.answer()
    checking: asyncio.Task[Checked] | None = None
    try:
        await line.open()
        checking = asyncio.create_task(check)
        ended = asyncio.create_task(caller.hung_up.wait())
        await asyncio.wait({checking, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        return checking.result() if checking.done() else None
    finally:
        check.close() if checking is None else checking.cancel()
        if checking is not None:
            await asyncio.gather(checking, return_exceptions=True)
        await line.close()
        with contextlib.suppress(ModemError):
            await link.hang_up()


def _script(config: Config) -> Script:
    from gateway.doctor.line_check import Script

    if config.community is None:
        raise ConfigError(f'{config.path}: no community is named. Write community = "FOLDER" at the top.')
    community, library = load_community(config.community), load_library((BUILT_IN, *config.flows))
    quiet, count, thanks = (
        common_sentences(library, community, f"call.measure.{part}") for part in ("quiet", "count", "thanks")
    )
    longest = sorted(standing_sentences(library, community), key=lambda sentence: -len(sentence.text))
    return Script(quiet, count, thanks, longest[:TRIAL_SENTENCES])


@dataclass(slots=True)
class _Caller:
    """Whoever rings, as the modem tells it."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    rings: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def _answering(link: Link) -> AsyncIterator[_Caller]:
    """Listen to what a modem tells of calls, for as long as the context lasts; texts stay on the SIM."""
    caller = _Caller()

    async def listen() -> None:
        async for event in link.events():
            if isinstance(event, Ringing):
                caller.rings.set()
            elif isinstance(event, CallEnded):
                caller.hung_up.set()
            elif link.state is LinkState.READY:
                caller.ready.set()

    listening = asyncio.create_task(listen())
    await link.start()
    try:
        yield caller
    finally:
        await link.stop()
        await listening


async def _within(seconds: float, event: asyncio.Event) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def _remember_nothing(_fingerprint: str | None) -> None:
    raise NotImplementedError("a doctor tries no PIN")
