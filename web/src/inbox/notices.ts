import type { Notice } from '../api/types';
import { pathTo } from '../routing/place.svelte';
import { deadlineWords } from '../time/words';
import type { IconName } from '../ui/Icon.svelte';

export interface NoticeWords {
  icon: IconName;
  /** What happened, in one line. */
  headline: string;
  /** What belongs to it. */
  lines: string[];
  href: string;
}

const and = (names: string[], more: number): string =>
  [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ').replace(/, ([^,]*)$/, ' and $1');

const deadline = (at: number, zone: string) => deadlineWords({ at: new Date(at).toISOString(), civil: '', zone });

const due = (at: number | null | undefined, zone: string): string => {
  if (at == null) return 'no deadline any more';
  const { here, there } = deadline(at, zone);
  return there ? `due ${here} (${there})` : `due ${here}`;
};

/** The server says what it is about; how that reads is decided here. */
export function noticeWords(notice: Notice): NoticeWords {
  const { enrolment, title } = notice.course;
  switch (notice.kind) {
    case 'enrolled':
      return {
        icon: 'open',
        headline: 'You are enrolled',
        lines: ['You can begin at any time.'],
        href: pathTo.course(enrolment),
      };
    case 'grade_posted': {
      const count = notice.assessments.length + notice.more;
      const names = notice.assessments.map((part) => part.title);
      return {
        icon: 'done',
        headline: count === 1 ? `Graded: ${names[0] ?? title}` : `${count} new grades`,
        lines: count === 1 ? [] : [and(names, notice.more)],
        href: pathTo.grades(enrolment),
      };
    }
    case 'assessment_due': {
      const { here, there } = deadline(notice.due.at ?? 0, notice.zone);
      return {
        icon: 'clock',
        headline: `${notice.due.part.title} is due ${here}`,
        lines: [...(there ? [`That is ${there}.`] : []), 'You had not handed it in when this was sent.'],
        href: pathTo.quiz(enrolment, notice.due.part.node),
      };
    }
    case 'course_updated':
      return {
        icon: 'date',
        headline: notice.due.length > 0 ? 'Dates were changed' : 'Contents were changed',
        lines: [
          ...notice.due.map((date) => `${date.part.title}: ${due(date.at, notice.zone)}`),
          ...(notice.more > 0 ? [`and ${notice.more} more`] : []),
          ...(notice.contents && notice.due.length > 0 ? ['The contents were changed as well.'] : []),
        ],
        href: pathTo.course(enrolment),
      };
  }
}
