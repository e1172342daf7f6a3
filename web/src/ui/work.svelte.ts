/** Something that a person asked for: once at a time, and what went wrong is there to be shown until the next try. */
export class Work {
  busy = $state(false);
  failure = $state.raw<unknown>(null);

  /** Asking again while it is on its way does nothing. */
  run = async (what: () => Promise<unknown>): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      await what();
    } catch (error) {
      this.failure = error;
    }
    this.busy = false;
  };
}
