import * as ask from '../api/requests';

export interface Scope {
  id: string;
  name: string;
}

/** Cohorts and courses by what they are called. Until that is known, and of what is gone, there is only the id. */
export class Scopes {
  cohorts = $state.raw<Scope[]>([]);
  courses = $state.raw<Scope[]>([]);
  readonly names: ReadonlyMap<string, string> = $derived(
    new Map([...this.cohorts, ...this.courses].map(({ id, name }) => [id, name])),
  );

  constructor() {
    void this.#fetch().catch(() => undefined);
  }

  async #fetch(): Promise<void> {
    const [cohorts, courses] = await Promise.all([ask.cohorts(), ask.courses()]);
    this.cohorts = cohorts.map(({ cohort, name }) => ({ id: cohort, name }));
    this.courses = courses.map(({ course, title }) => ({ id: course, name: title }));
  }
}
