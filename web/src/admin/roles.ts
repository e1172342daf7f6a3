/** The roles there are, in the words of people. */
export const roles = [
  { value: 'learner', words: 'Learner', about: 'takes courses' },
  { value: 'instructor', words: 'Instructor', about: 'runs cohorts and sees their progress' },
  { value: 'author', words: 'Author', about: 'writes and publishes courses' },
  { value: 'grader', words: 'Grader', about: 'sees cohorts and marks' },
  { value: 'admin', words: 'Administrator', about: 'administers people, cohorts and courses' },
] as const;

export interface Grant {
  role: string;
  scope: string | null;
}

export function grant(text: string): Grant {
  const [role = '', scope = null] = text.split('@');
  return { role, scope };
}

export const roleWords = (role: string) => roles.find((each) => each.value === role)?.words ?? role;

/** A grant as people say it; `names` knows what cohorts and courses are called. */
export function grantWords(text: string, names: ReadonlyMap<string, string> = new Map()): string {
  const { role, scope } = grant(text);
  return scope ? `${roleWords(role)} of ${names.get(scope) ?? scope}` : roleWords(role);
}

export const stateWords: Record<string, string> = {
  invited: 'Invited',
  active: 'Has access',
  deactivated: 'Access ended',
  erasing: 'Being erased',
};
