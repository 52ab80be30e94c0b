-- When an action due came to its end, so that it can be said how late it was; null for what ended before this was kept.

alter table obligation add column closed_at timestamptz;
