// Sound of a call in the browser: 8 kHz, 16 bit, both ways, in frames of 20 ms.
"use strict";
const RATE = 8000;
const FRAME = 160;
const MOST_WAITING = RATE; // a second; what is older was heard too late anyway

class PhoneSound extends AudioWorkletProcessor {
  constructor() {
    super();
    this.toPlay = [];
    this.at = 0;
    this.said = [];
    this.sum = 0;
    this.summed = 0;
    this.phase = 0;
    this.port.onmessage = (event) => {
      for (const sample of new Int16Array(event.data)) this.toPlay.push(sample / 32768);
      if (this.toPlay.length > MOST_WAITING) this.toPlay.splice(0, this.toPlay.length - MOST_WAITING);
    };
  }

  process(inputs, outputs) {
    const step = RATE / sampleRate;
    for (const channel of outputs[0]) {
      let at = this.at;
      for (let i = 0; i < channel.length; i++) {
        const left = Math.floor(at);
        const a = this.toPlay[left] || 0;
        const b = this.toPlay[left + 1] || 0;
        channel[i] = a + (b - a) * (at - left);
        if (left < this.toPlay.length) at += step;
      }
    }
    this.at += step * (outputs[0][0] ? outputs[0][0].length : 0);
    const used = Math.min(Math.floor(this.at), this.toPlay.length);
    this.toPlay.splice(0, used);
    this.at = this.toPlay.length ? this.at - used : 0;
    this.hear(inputs[0][0], step);
    return true;
  }

  // Each sample of the telephone is the mean of those of the microphone in its time.
  hear(samples, step) {
    if (!samples) return;
    for (const sample of samples) {
      this.sum += sample;
      this.summed += 1;
      this.phase += step;
      if (this.phase < 1) continue;
      this.phase -= 1;
      this.said.push(Math.max(-1, Math.min(1, this.sum / this.summed)) * 32767);
      this.sum = 0;
      this.summed = 0;
      if (this.said.length === FRAME) {
        const frame = Int16Array.from(this.said);
        this.port.postMessage(frame.buffer, [frame.buffer]);
        this.said = [];
      }
    }
  }
}
registerProcessor("phone-sound", PhoneSound);
