import type { Channel, NotificationKind } from '../api/types';

export const kindWords: Record<NotificationKind, { name: string; about: string }> = {
  enrolled: { name: 'Enrolments', about: 'You were enrolled in a course.' },
  grade_posted: { name: 'Grades', about: 'A grade was posted. Many at once are one message.' },
  assessment_due: { name: 'Reminders', about: 'Something is due within a day and you have not handed it in.' },
  course_updated: { name: 'Changes', about: 'Dates or contents of your course were changed.' },
};

export const channelWords: Record<Channel, string> = { inbox: 'In the inbox', email: 'By e-mail' };

export const channels: Channel[] = ['inbox', 'email'];
