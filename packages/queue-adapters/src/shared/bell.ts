/** A nap that a bell ends. A bell that rings while nobody naps ends the next nap at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async nap(ms: number): Promise<void> {
    if (!this.#rung) {
      const woken = Promise.withResolvers<void>();
      const timer = setTimeout(woken.resolve, ms);
      this.#wake = woken.resolve;
      await woken.promise;
      clearTimeout(timer);
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
