/**
 * Questions of one panel, of which only the newest matters: it cancels the one before, and who asked that one gets the newest
 * answer instead. Answers come in the order of the questions. A question that is open already is not asked twice.
 */
export class LatestAnswer<Question, Answer> {
  #open: { readonly question: Question; readonly stop: AbortController } | null = null;
  #newest: Promise<Answer> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #askedAlone = 0;

  constructor(
    /** May reject or answer once the signal is aborted: nobody waits for it then. */
    private readonly answer: (question: Question, signal: AbortSignal) => Promise<Answer>,
    private readonly isSame: (a: Question, b: Question) => boolean,
  ) {}

  /** Rejects when the newest question could not be answered. */
  ask(question: Question): Promise<Answer> {
    const before = this.#open;
    if (before === null || !this.isSame(before.question, question)) {
      const stop = new AbortController();
      this.#open = { question, stop };
      this.#newest = this.#answered(question, stop.signal);
      before?.stop.abort();
    }
    const answer = this.#newest!;
    const turn = this.#turn.then(() => answer);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** As `ask`, but null for who was overtaken by another who asks like this: of those, only the last needs an answer. */
  async askAlone(question: Question): Promise<Answer | null> {
    const asked = ++this.#askedAlone;
    const answer = await this.ask(question);
    return asked === this.#askedAlone ? answer : null;
  }

  async #answered(question: Question, signal: AbortSignal): Promise<Answer> {
    try {
      const answer = await this.answer(question, signal);
      if (!signal.aborted) return answer;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (!signal.aborted) this.#open = null;
    }
    return this.#newest!;
  }
}
