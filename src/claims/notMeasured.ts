/** What a claim needs is not among the results; the message says what, and what would measure it. */
export class NotMeasured extends Error {}
