-- 0021_calendar_feeds.sql - addresses at which a calendar program reads reviews and dates due, without a token.

-- Who knows the secret reads what the user may; only its SHA-256 is kept, which the reading role does not see either.
create table calendar_feed (
	id               uuid primary key,
	secret_sha256    sha256 not null unique,
	organisation_id  uuid not null references organisation,
	user_id          uuid not null references app_user,
	scope            text not null check (scope in ('user', 'team', 'organisation')),
	team             text check ((team is not null) = (scope = 'team')),
	created_real     timestamptz not null default clock_timestamp(),
	revoked_real     timestamptz
);
create index calendar_feed_user on calendar_feed (organisation_id, user_id, id);

grant select, insert, update on calendar_feed to concordat_service;
grant select (id, organisation_id, user_id, scope, team, created_real, revoked_real) on calendar_feed to concordat_reader;
alter table calendar_feed enable row level security;
create policy read_own on calendar_feed for select to concordat_reader using (organisation_id = reading_organisation());
create policy serve on calendar_feed to concordat_service using (true) with check (true);
