// Beside the microphone: adds up squares and changes of sign, some twenty times a second, and forgets the samples.
registerProcessor('level-meter', class extends AudioWorkletProcessor {
  sums = { samples: 0, squares: 0, signs: 0 };
  last = 0;

  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.sums.squares += sample * sample;
      if (sample < 0 !== this.last < 0) this.sums.signs += 1;
      this.last = sample;
    }
    this.sums.samples += samples?.length ?? 0;
    if (this.sums.samples >= sampleRate / 20) {
      this.port.postMessage(this.sums);
      this.sums = { samples: 0, squares: 0, signs: 0 };
    }
    return true;
  }
});
