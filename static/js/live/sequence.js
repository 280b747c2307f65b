// Events in their order: what comes twice is dropped, what comes early waits, a gap is asked for.
const PATIENCE_MS = 300;

export class Sequence {
  // apply(name, envelope) gets each event once, in order; catchUp(since) fetches what is missing: {events, seq} or {reload: true};
  // reload() starts over from the state as it is now.
  constructor({ apply, catchUp, reload, patience = PATIENCE_MS }) {
    Object.assign(this, { apply, catchUp, reload, patience });
    this.last = 0;
    this.gapless = true;
    this.early = new Map();
    this.asking = false;
    this.timer = null;
  }

  startAt(seq) {
    this.last = seq;
    for (const waiting of [...this.early.keys()]) if (waiting <= seq) this.early.delete(waiting);
    this.drain();
  }

  take(name, envelope) {
    if (envelope.seq <= this.last) return;
    if (!this.gapless && !this.asking) return this.step(name, envelope);
    this.early.set(envelope.seq, [name, envelope]);
    if (!this.asking) this.drain();
  }

  // After a reconnect, and whenever a number is missing.
  async fetchMissing() {
    if (this.asking) return;
    this.asking = true;
    clearTimeout(this.timer);
    this.timer = null;
    const since = this.last;
    const answer = await this.catchUp(since).catch(() => ({ reload: true }));
    this.asking = false;
    if (this.last < since) return this.fetchMissing();
    if (answer.reload) {
      this.early.clear();
      return this.reload();
    }
    for (const { event, ...envelope } of answer.events) if (envelope.seq > this.last) this.step(event, envelope);
    this.startAt(Math.max(this.last, answer.seq));
  }

  drain() {
    if (!this.gapless) {
      for (const seq of [...this.early.keys()].sort((a, b) => a - b)) this.stepEarly(seq);
      return;
    }
    while (this.early.has(this.last + 1)) this.stepEarly(this.last + 1);
    if (this.early.size && !this.timer) this.timer = setTimeout(() => this.fetchMissing(), this.patience);
    if (!this.early.size) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  stepEarly(seq) {
    const [name, envelope] = this.early.get(seq);
    this.early.delete(seq);
    if (seq > this.last) this.step(name, envelope);
  }

  step(name, envelope) {
    this.last = envelope.seq;
    this.apply(name, envelope);
  }
}
