"""What can go wrong with a modem, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass


class ModemError(Exception):
    """Anything that goes wrong between the gateway and the modem.

    `certain` is False when a text that was being sent may have left all the same.
    """

    certain = True


class LinkDown(ModemError):
    """The modem is not ready: nothing was sent, try again when its state is `ready`."""


class Silent(ModemError):
    """The modem did not answer in time: its process must be started again."""


class Unplugged(ModemError):
    """The modem is gone from its device: plug it in again, nothing that was received is lost."""


class OpenFailed(ModemError):
    """The modem could not be opened or initialised: look at the device and its rights."""


class TooLong(ModemError):
    """The text does not fit into the fifty parts one message may have: nothing was sent."""


class LineLost(ModemError):
    """The sound device of a call is gone: the call ends, and the conversation goes on by text."""


class SpeechDown(ModemError):
    """Words cannot be recognised or spoken right now: keys and recorded prompts do without."""


class WrongModel(SpeechDown):
    """A speech model is for another language than the one it was put down for."""


class Refused(ModemError):
    """The modem or the network answered a command with an error.

    `kind` is `"CMS"`, `"CME"` or `""` (a bare `ERROR`), `code` its number, -1 when there is none.
    """

    def __init__(self, kind: str, code: int) -> None:
        self.kind = kind
        self.code = code
        self.cause = explain(kind, code)
        self.certain = self.cause.certain
        number = f"+{kind} ERROR {code}" if kind else "ERROR"
        super().__init__(f"{self.cause.words} ({number})")


@dataclass(frozen=True, slots=True)
class Cause:
    """What an error number means to a coordinator, and whether the same text may succeed later."""

    words: str
    retryable: bool
    certain: bool = True


_WAIT, _NEVER = True, False
_UNSUPPORTED = Cause("The modem or the network cannot do this", _NEVER)

# 3GPP TS 27.005 section 3.2.5, TS 24.011 annex E-2 (1 to 127) and TS 23.040 section 9.2.3.22 (128 to 255).
_CMS: dict[int, Cause] = {
    1: Cause("This number does not exist", _NEVER),
    8: Cause("The network operator has barred texts from this SIM", _NEVER),
    10: Cause("Texts from this SIM are barred, perhaps for want of credit", _NEVER),
    21: Cause("The network rejected the text, perhaps for want of credit", _NEVER),
    22: Cause("The memory of the other telephone is full", _WAIT),
    27: Cause("The other telephone is out of service", _WAIT),
    28: Cause("The network does not know this SIM", _NEVER),
    29: Cause("The network rejected the text", _NEVER),
    30: Cause("The network does not know this number", _NEVER),
    38: Cause("The network is out of order", _WAIT),
    41: Cause("The network has a temporary failure", _WAIT),
    42: Cause("The network is congested", _WAIT),
    47: Cause("The network has no resources free", _WAIT),
    50: Cause("This SIM has no text message service", _NEVER),
    69: _UNSUPPORTED,
    192: Cause("The message centre is busy", _WAIT),
    193: Cause("The message centre does not serve this SIM", _NEVER),
    194: Cause("The message centre has failed", _WAIT),
    195: Cause("The message centre does not accept this number", _NEVER),
    196: Cause("The message centre bars texts to this number", _NEVER),
    197: Cause("The message centre already has this very text", _NEVER),
    208: Cause("The SIM's message memory is full", _WAIT),
    211: Cause("The memory of the other telephone is full", _WAIT),
    300: Cause("The modem has failed", _WAIT),
    301: Cause("The modem's text service is taken", _WAIT),
    302: Cause("The modem does not allow this now", _WAIT),
    303: _UNSUPPORTED,
    304: Cause("The modem did not understand the text", _NEVER),
    305: Cause("The modem did not understand the text", _NEVER),
    310: Cause("There is no SIM in the modem", _WAIT),
    311: Cause("The SIM asks for its PIN", _WAIT),
    312: Cause("The modem is locked to another SIM", _NEVER),
    313: Cause("The SIM has failed", _WAIT),
    314: Cause("The SIM is busy", _WAIT),
    315: Cause("The SIM is of a wrong kind", _NEVER),
    316: Cause("The SIM is blocked and asks for its PUK", _WAIT),
    320: Cause("The modem's message memory has failed", _WAIT),
    321: Cause("There is no message at this place", _NEVER),
    322: Cause("The SIM's message memory is full", _WAIT),
    330: Cause("The number of the message centre is not set on the SIM", _NEVER),
    331: Cause("There is no network", _WAIT),
    # The text may have reached the network, whose answer did not come back in time.
    332: Cause("The network did not answer in time", _WAIT, certain=False),
    500: Cause("The modem gave an unknown error", _WAIT),
    515: Cause("The modem is still starting", _WAIT),
}

# 3GPP TS 27.007 section 9.2.
_CME: dict[int, Cause] = {
    3: Cause("The modem does not allow this now", _WAIT),
    4: _UNSUPPORTED,
    10: Cause("There is no SIM in the modem", _WAIT),
    11: Cause("The SIM asks for its PIN", _WAIT),
    12: Cause("The SIM is blocked and asks for its PUK", _WAIT),
    13: Cause("The SIM has failed", _WAIT),
    14: Cause("The SIM is busy", _WAIT),
    15: Cause("The SIM is of a wrong kind", _NEVER),
    16: Cause("The SIM refused the PIN", _NEVER),
    17: Cause("The SIM asks for its second PIN", _NEVER),
    18: Cause("The SIM is blocked and asks for its second PUK", _NEVER),
    20: Cause("The modem's memory is full", _WAIT),
    30: Cause("There is no network", _WAIT),
    31: Cause("The network did not answer in time", _WAIT, certain=False),
    32: Cause("The network allows emergency calls only", _WAIT),
    100: Cause("The modem gave an unknown error", _WAIT),
    515: Cause("The modem is still starting", _WAIT),
}


def explain(kind: str, code: int) -> Cause:
    """What error `code` of `kind` (`"CMS"` or `"CME"`) means; an unknown one may be tried again."""
    if kind == "CMS" and 128 <= code <= 255 and code not in _CMS:
        return Cause("The message centre rejected the text", _NEVER)
    if kind == "CMS" and 81 <= code <= 127:
        return Cause("The network rejected the text as malformed", _NEVER)
    table = {"CMS": _CMS, "CME": _CME}.get(kind, {})
    return table.get(code, Cause("The modem gave an error without a reason", _WAIT))
