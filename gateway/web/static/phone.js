// A call on the virtual phone: keys, and sound where the browser gives it.
"use strict";
(() => {
  const handset = document.getElementById("handset");
  const ring = document.getElementById("ring");
  const hangUp = document.getElementById("hang-up");
  const state = document.getElementById("call-state");
  document.getElementById("calling").hidden = false;
  let socket = null;
  let audio = null;
  let microphone = null;

  const down = () => {
    const screen = document.getElementById("screen");
    screen.scrollTop = screen.scrollHeight;
  };
  down();
  document.body.addEventListener("htmx:afterSwap", down);

  const sound = async () => {
    audio = new AudioContext();
    await audio.audioWorklet.addModule(handset.dataset.worklet);
    const node = new AudioWorkletNode(audio, "phone-sound", { numberOfInputs: 1, outputChannelCount: [1] });
    node.connect(audio.destination);
    try {
      const echoless = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };
      microphone = await navigator.mediaDevices.getUserMedia({ audio: echoless });
      audio.createMediaStreamSource(microphone).connect(node);
    } catch {
      state.textContent = handset.dataset.silent;
    }
    return node;
  };

  const over = () => {
    if (microphone) for (const track of microphone.getTracks()) track.stop();
    if (audio) audio.close();
    audio = microphone = socket = null;
    ring.disabled = false;
    hangUp.disabled = true;
    state.textContent = handset.dataset.over;
  };

  const call = async () => {
    ring.disabled = true;
    state.textContent = handset.dataset.ringing;
    const node = await sound().catch(() => null);
    const address = new URL("/phone/call", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("number", handset.dataset.number);
    const line = new WebSocket(address);
    line.binaryType = "arraybuffer";
    line.onmessage = (event) => {
      if (typeof event.data !== "string") {
        handset.dataset.frames = Number(handset.dataset.frames || 0) + 1;
        if (node) node.port.postMessage(event.data, [event.data]);
      } else if (JSON.parse(event.data).state === "answered") {
        state.textContent = handset.dataset.talking;
      }
    };
    line.onclose = over;
    if (node) {
      node.port.onmessage = (event) => {
        if (line.readyState === WebSocket.OPEN) line.send(event.data);
      };
    }
    socket = line;
    hangUp.disabled = false;
  };

  const press = (key) => {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ press: key }));
  };
  ring.addEventListener("click", call);
  hangUp.addEventListener("click", () => socket && socket.close());
  handset.addEventListener("click", (event) => {
    if (event.target.dataset.key) press(event.target.dataset.key);
  });
  window.addEventListener("pagehide", () => socket && socket.close());
})();
