/** What the page and the worker of the query language say to each other. */

/** The words of the language that the server answers. */
export interface Vocabulary {
  readonly operators: readonly string[];
  readonly plugins: readonly string[];
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** What queries can name, as the server tells it. */
export interface Catalogue {
  readonly tables: readonly {
    readonly name: string;
    readonly origin: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly functions: readonly {
    readonly name: string;
    readonly parameters: string;
    readonly body: string;
  }[];
  readonly vocabulary: Vocabulary;
}

/** A place in the text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** A finding. */
export interface Diagnostic extends Span {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
}

/** What a word is: `Column`, `QueryOperator`, `StringLiteral`, … */
export interface Classified extends Span {
  readonly kind: string;
}

/** A suggestion: what stands before and after the cursor once it is taken. */
export interface Suggestion {
  readonly label: string;
  readonly match: string;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

/** Each question with its answer. */
export interface Questions {
  readonly analyse: {
    readonly ask: { readonly text: string };
    readonly answer: {
      readonly diagnostics: readonly Diagnostic[];
      readonly words: readonly Classified[];
    };
  };
  readonly complete: {
    readonly ask: { readonly text: string; readonly at: number };
    readonly answer: { readonly start: number; readonly items: readonly Suggestion[] };
  };
  readonly hover: {
    readonly ask: { readonly text: string; readonly at: number };
    readonly answer: { readonly lines: readonly string[] };
  };
  readonly format: {
    readonly ask: { readonly text: string };
    readonly answer: { readonly text: string };
  };
  readonly catalogue: {
    readonly ask: { readonly catalogue: Catalogue };
    readonly answer: null;
  };
}

/** A question on its way. */
export interface Asked {
  readonly number: number;
  readonly name: keyof Questions;
  readonly ask: Questions[keyof Questions]["ask"];
}

/** Its answer, or what went wrong. */
export interface Answered {
  readonly number: number;
  readonly answer?: Questions[keyof Questions]["answer"];
  readonly error?: string;
}
