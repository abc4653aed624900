import type { Contact } from "./contract.js";

/** The server answered, and refused. `contacts` are the numbers to show beside the message. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly contacts: readonly Contact[],
  ) {
    super(message);
  }

  /** Whether the same request may succeed later, so that it is kept and sent again. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 425 || this.status === 429;
  }

  /** Whether the conversation no longer exists for this device. */
  get gone(): boolean {
    return [401, 404, 410].includes(this.status);
  }
}

/** No answer: no network, a cut connection, or none in time. The request may or may not have arrived. */
export class NoAnswer extends Error {}
