CREATE TABLE origin (
	id TEXT NOT NULL,
	PRIMARY KEY (id)
)
 WITHOUT ROWID;

CREATE TABLE sources (
	"key" INTEGER NOT NULL,
	id TEXT NOT NULL,
	PRIMARY KEY ("key"),
	UNIQUE (id)
);

CREATE TABLE segments (
	number INTEGER NOT NULL,
	head_length INTEGER NOT NULL,
	head_digest BLOB NOT NULL,
	PRIMARY KEY (number)
);

CREATE TABLE captures (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL,
	source_id TEXT NOT NULL,
	parser TEXT NOT NULL,
	url TEXT NOT NULL,
	final_url TEXT NOT NULL,
	status INTEGER NOT NULL,
	fetched_at BIGINT NOT NULL,
	segment INTEGER NOT NULL,
	"offset" BIGINT NOT NULL,
	length BIGINT NOT NULL,
	size BIGINT NOT NULL,
	body_of INTEGER,
	payload_digest BLOB NOT NULL,
	record_digest BLOB NOT NULL,
	chain BLOB NOT NULL,
	FOREIGN KEY(body_of) REFERENCES captures (id)
);

CREATE INDEX captures_payload ON captures (payload_digest) WHERE body_of IS NULL;

CREATE INDEX captures_asked ON captures (url) WHERE url != final_url;

CREATE INDEX captures_source ON captures (source_id, id);

CREATE INDEX captures_url ON captures (final_url, fetched_at);

CREATE TABLE items (
	"key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	id TEXT NOT NULL,
	url TEXT NOT NULL,
	kind TEXT NOT NULL,
	language TEXT NOT NULL,
	byline TEXT NOT NULL,
	published_earliest BIGINT,
	published_latest BIGINT,
	published_best BIGINT,
	published_precision TEXT,
	updated_earliest BIGINT,
	updated_latest BIGINT,
	updated_best BIGINT,
	updated_precision TEXT,
	event_earliest BIGINT,
	event_latest BIGINT,
	event_best BIGINT,
	event_precision TEXT,
	first_seen BIGINT NOT NULL,
	owner TEXT NOT NULL,
	text_owner TEXT NOT NULL,
	authority INTEGER NOT NULL,
	detail INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	revised_at BIGINT NOT NULL,
	edited INTEGER NOT NULL,
	silent INTEGER NOT NULL,
	digest BLOB NOT NULL,
	last_seen BIGINT NOT NULL,
	sightings INTEGER NOT NULL,
	names BLOB NOT NULL,
	kept INTEGER NOT NULL,
	seal BLOB NOT NULL,
	UNIQUE (id)
);

CREATE TABLE merges (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	item_id TEXT NOT NULL,
	source_id TEXT NOT NULL,
	capture_id INTEGER NOT NULL,
	url TEXT NOT NULL,
	title TEXT NOT NULL,
	reason TEXT NOT NULL,
	score FLOAT NOT NULL,
	merged_at BIGINT NOT NULL,
	undone_at BIGINT,
	digest BLOB NOT NULL
);

CREATE INDEX merges_item ON merges (item_id);

CREATE TABLE withdrawals (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	item_id TEXT NOT NULL,
	source_id TEXT NOT NULL,
	capture_id INTEGER,
	kind TEXT NOT NULL,
	status INTEGER,
	url TEXT NOT NULL,
	last_seen BIGINT NOT NULL,
	noticed_at BIGINT NOT NULL,
	returned_at BIGINT,
	digest BLOB NOT NULL
);

CREATE INDEX withdrawals_item ON withdrawals (item_id);

CREATE TABLE fetches (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	source_id TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	seconds FLOAT NOT NULL,
	outcome TEXT NOT NULL,
	status INTEGER,
	capture_id INTEGER,
	listed INTEGER NOT NULL,
	new INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	error_code TEXT NOT NULL,
	error_message TEXT NOT NULL,
	error_hint TEXT NOT NULL,
	reached_known INTEGER,
	digest BLOB NOT NULL
);

CREATE INDEX fetches_source ON fetches (source_id, id);

CREATE TABLE visits (
	url TEXT NOT NULL,
	source_id TEXT NOT NULL,
	item_id TEXT NOT NULL,
	planned_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	visited_at BIGINT,
	etag TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	failures INTEGER NOT NULL,
	error TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (url)
);

CREATE INDEX visits_due ON visits (due_at);

CREATE TABLE notes (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (name)
)
 WITHOUT ROWID;

CREATE TABLE source_states (
	source_id TEXT NOT NULL,
	etag TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	body_digest TEXT NOT NULL,
	next_due_at BIGINT,
	failures INTEGER NOT NULL,
	last_attempt BIGINT,
	last_success BIGINT,
	last_error TEXT NOT NULL,
	adopted_url TEXT NOT NULL,
	capture_id INTEGER,
	notes TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (source_id)
);

CREATE TABLE evidence (
	item_key INTEGER NOT NULL,
	n INTEGER NOT NULL,
	role INTEGER NOT NULL,
	"conflict" INTEGER NOT NULL,
	kind TEXT,
	raw TEXT,
	place TEXT,
	earliest BIGINT,
	latest BIGINT,
	rule TEXT,
	strength INTEGER,
	PRIMARY KEY (item_key, n),
	FOREIGN KEY(item_key) REFERENCES items ("key")
)
 WITHOUT ROWID;

CREATE TABLE statements (
	item_key INTEGER NOT NULL,
	n INTEGER NOT NULL,
	field TEXT NOT NULL,
	start INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	text TEXT,
	kind TEXT NOT NULL,
	cue TEXT NOT NULL,
	mention TEXT NOT NULL,
	mention_start INTEGER NOT NULL,
	mention_end INTEGER NOT NULL,
	speaker_kind TEXT NOT NULL,
	person_id TEXT NOT NULL,
	person TEXT NOT NULL,
	office_id TEXT NOT NULL,
	rule TEXT NOT NULL,
	confidence TEXT NOT NULL,
	PRIMARY KEY (item_key, n),
	FOREIGN KEY(item_key) REFERENCES items ("key")
)
 WITHOUT ROWID;

CREATE INDEX statements_person ON statements (person_id, item_key) WHERE person_id != '';

CREATE INDEX statements_office ON statements (office_id, item_key) WHERE office_id != '';

CREATE TABLE revisions (
	item_key INTEGER NOT NULL,
	number INTEGER NOT NULL,
	seen_at BIGINT NOT NULL,
	silent INTEGER NOT NULL,
	title TEXT NOT NULL,
	summary TEXT NOT NULL,
	text TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (item_key, number),
	FOREIGN KEY(item_key) REFERENCES items ("key")
)
 WITHOUT ROWID;

CREATE TABLE aliases (
	name BLOB NOT NULL,
	item_key INTEGER NOT NULL,
	PRIMARY KEY (name, item_key),
	FOREIGN KEY(item_key) REFERENCES items ("key")
)
 WITHOUT ROWID;

CREATE TABLE recent_names (
	name BLOB NOT NULL,
	item_key INTEGER NOT NULL,
	PRIMARY KEY (name, item_key),
	FOREIGN KEY(item_key) REFERENCES items ("key")
)
 WITHOUT ROWID;

CREATE TABLE observations (
	capture_id INTEGER NOT NULL,
	item_key INTEGER NOT NULL,
	source_key INTEGER NOT NULL,
	seen_at BIGINT NOT NULL,
	PRIMARY KEY (capture_id, item_key),
	FOREIGN KEY(capture_id) REFERENCES captures (id),
	FOREIGN KEY(item_key) REFERENCES items ("key"),
	FOREIGN KEY(source_key) REFERENCES sources ("key")
)
 WITHOUT ROWID;

CREATE INDEX observations_item ON observations (item_key, source_key);

CREATE TABLE absences (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	item_key INTEGER NOT NULL,
	capture_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	digest BLOB NOT NULL,
	FOREIGN KEY(item_key) REFERENCES items ("key"),
	FOREIGN KEY(capture_id) REFERENCES captures (id)
);

CREATE UNIQUE INDEX absences_item ON absences (item_key, capture_id);

CREATE TABLE documents (
        rowid INTEGER PRIMARY KEY,
        item_key INTEGER NOT NULL UNIQUE,
        earliest INTEGER,
        latest INTEGER,
        first_seen INTEGER NOT NULL,
        undated INTEGER NOT NULL,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        text TEXT NOT NULL,
        marks TEXT NOT NULL
    );

CREATE INDEX documents_first_seen ON documents (first_seen);

CREATE VIEW documents_folded AS SELECT id, marks, replace(replace(replace(replace(replace(replace(replace(title, 'ı', 'i'), 'ﬁ', 'fi'), 'ﬂ', 'fl'), 'ʼ', ''''), '­', ''), '‍', ''), '‌', '') AS title, replace(replace(replace(replace(replace(replace(replace(summary, 'ı', 'i'), 'ﬁ', 'fi'), 'ﬂ', 'fl'), 'ʼ', ''''), '­', ''), '‍', ''), '‌', '') AS summary, replace(replace(replace(replace(replace(replace(replace(text, 'ı', 'i'), 'ﬁ', 'fi'), 'ﬂ', 'fl'), 'ʼ', ''''), '­', ''), '‍', ''), '‌', '') AS text FROM (SELECT id, marks, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(title, 'Đ', 'd'), 'Ð', 'd'), 'Ø', 'o'), 'Ħ', 'h'), 'Ŧ', 't'), 'Ŋ', 'n'), 'Þ', 'th'), 'Æ', 'ae'), 'Œ', 'oe'), 'Ə', 'a'), 'Ё', 'е'), 'Й', 'й'), 'Ї', 'ї'), 'ß', 'ss'), 'ẞ', 'ss') AS title, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(summary, 'Đ', 'd'), 'Ð', 'd'), 'Ø', 'o'), 'Ħ', 'h'), 'Ŧ', 't'), 'Ŋ', 'n'), 'Þ', 'th'), 'Æ', 'ae'), 'Œ', 'oe'), 'Ə', 'a'), 'Ё', 'е'), 'Й', 'й'), 'Ї', 'ї'), 'ß', 'ss'), 'ẞ', 'ss') AS summary, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text, 'Đ', 'd'), 'Ð', 'd'), 'Ø', 'o'), 'Ħ', 'h'), 'Ŧ', 't'), 'Ŋ', 'n'), 'Þ', 'th'), 'Æ', 'ae'), 'Œ', 'oe'), 'Ə', 'a'), 'Ё', 'е'), 'Й', 'й'), 'Ї', 'ї'), 'ß', 'ss'), 'ẞ', 'ss') AS text FROM (SELECT rowid AS id, 'every ' || marks AS marks, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(title, 'ł', 'l'), 'đ', 'd'), 'ð', 'd'), 'ø', 'o'), 'ħ', 'h'), 'ŧ', 't'), 'ŋ', 'n'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe'), 'ə', 'a'), 'ё', 'е'), 'й', 'й'), 'ї', 'ї'), 'Ł', 'l') AS title, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(summary, 'ł', 'l'), 'đ', 'd'), 'ð', 'd'), 'ø', 'o'), 'ħ', 'h'), 'ŧ', 't'), 'ŋ', 'n'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe'), 'ə', 'a'), 'ё', 'е'), 'й', 'й'), 'ї', 'ї'), 'Ł', 'l') AS summary, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(text, 'ł', 'l'), 'đ', 'd'), 'ð', 'd'), 'ø', 'o'), 'ħ', 'h'), 'ŧ', 't'), 'ŋ', 'n'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe'), 'ə', 'a'), 'ё', 'е'), 'й', 'й'), 'ї', 'ї'), 'Ł', 'l') AS text FROM documents));

CREATE VIRTUAL TABLE documents_index USING fts5(
        text, title, summary, marks, content='documents_folded', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2'
    );
