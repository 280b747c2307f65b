// Applies events in order: drops duplicates, buffers early ones, and fetches missing ones.
const GAP_TIMEOUT_MS = 300;

export class Sequence {
  // apply(name, envelope) receives each event once, in order; catchUp(since) fetches missing events: {events, seq} or {reload: true};
  // reload() restarts from the current state.
  constructor({ apply, catchUp, reload, gapTimeout = GAP_TIMEOUT_MS }) {
    Object.assign(this, { apply, catchUp, reload, gapTimeout });
    this.last = 0;
    this.gapless = true;
    this.buffered = new Map();
    this.isCatchingUp = false;
    this.timer = null;
  }

  startAt(seq) {
    this.last = seq;
    for (const waiting of [...this.buffered.keys()]) if (waiting <= seq) this.buffered.delete(waiting);
    this.drain();
  }

  receive(name, envelope) {
    if (envelope.seq <= this.last) return;
    if (!this.gapless && !this.isCatchingUp) return this.applyNext(name, envelope);
    this.buffered.set(envelope.seq, [name, envelope]);
    if (!this.isCatchingUp) this.drain();
  }

  // Called after a reconnect and after a gap.
  async fetchMissing() {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    clearTimeout(this.timer);
    this.timer = null;
    const since = this.last;
    const answer = await this.catchUp(since).catch(() => ({ reload: true }));
    this.isCatchingUp = false;
    if (this.last < since) return this.fetchMissing();
    if (answer.reload) {
      this.buffered.clear();
      return this.reload();
    }
    for (const { event, ...envelope } of answer.events) if (envelope.seq > this.last) this.applyNext(event, envelope);
    this.startAt(Math.max(this.last, answer.seq));
  }

  drain() {
    if (!this.gapless) {
      for (const seq of [...this.buffered.keys()].sort((a, b) => a - b)) this.applyBuffered(seq);
      return;
    }
    while (this.buffered.has(this.last + 1)) this.applyBuffered(this.last + 1);
    if (this.buffered.size && !this.timer) this.timer = setTimeout(() => this.fetchMissing(), this.gapTimeout);
    if (!this.buffered.size) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  applyBuffered(seq) {
    const [name, envelope] = this.buffered.get(seq);
    this.buffered.delete(seq);
    if (seq > this.last) this.applyNext(name, envelope);
  }

  applyNext(name, envelope) {
    this.last = envelope.seq;
    this.apply(name, envelope);
  }
}
