CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE born (
	one INTEGER NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (one)
);
CREATE TABLE documents (
	name VARCHAR(1024) NOT NULL,
	fingerprint VARCHAR(200) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	seen_at VARCHAR(40) NOT NULL,
	settled BOOLEAN NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE incidents (
	incident VARCHAR(64) NOT NULL,
	updated VARCHAR(40) NOT NULL,
	merged_into VARCHAR(64) NOT NULL,
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	number INTEGER,
	summary TEXT NOT NULL,
	made BOOLEAN NOT NULL,
	base TEXT,
	proposed TEXT,
	PRIMARY KEY (incident)
);
CREATE TABLE tickets (
	id VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	url TEXT NOT NULL,
	mark VARCHAR(64),
	ordinal INTEGER NOT NULL,
	"row" TEXT NOT NULL,
	remote TEXT,
	status_cell TEXT NOT NULL,
	linked BOOLEAN NOT NULL,
	available BOOLEAN NOT NULL,
	has_links BOOLEAN NOT NULL,
	done BOOLEAN NOT NULL, refused TEXT DEFAULT '{}' NOT NULL, labelled BOOLEAN DEFAULT 1 NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE intents (
	mark VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	task TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	opened_at VARCHAR(40) NOT NULL,
	unknown_since VARCHAR(40), failures INTEGER DEFAULT '0' NOT NULL, reason TEXT DEFAULT '' NOT NULL, words TEXT DEFAULT '' NOT NULL, unlabelled_in VARCHAR(255) DEFAULT '' NOT NULL,
	PRIMARY KEY (mark)
);
CREATE TABLE entries (
	number INTEGER NOT NULL,
	at VARCHAR(40) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	"trigger" VARCHAR(20) NOT NULL,
	action VARCHAR(40) NOT NULL,
	subject TEXT NOT NULL,
	reason TEXT NOT NULL,
	ticket VARCHAR(255) NOT NULL,
	"before" TEXT NOT NULL,
	"after" TEXT NOT NULL,
	PRIMARY KEY (number)
);
CREATE TABLE cursors (
	name VARCHAR(255) NOT NULL,
	value VARCHAR(255) NOT NULL,
	PRIMARY KEY (name)
);
CREATE INDEX documents_incident ON documents (incident);
CREATE INDEX tickets_incident ON tickets (incident);
CREATE INDEX intents_incident ON intents (incident);
CREATE INDEX entries_incident ON entries (incident);
CREATE INDEX incidents_merged_into ON incidents (merged_into);
CREATE TABLE budgets (
	name VARCHAR(64) NOT NULL,
	next_at DOUBLE NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE skipped (
	incident VARCHAR(64) NOT NULL,
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	reason TEXT NOT NULL,
	updated VARCHAR(40) NOT NULL,
	rule VARCHAR(64) NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (incident)
);
CREATE INDEX skipped_at ON skipped (at);
CREATE TABLE claims (
	incident VARCHAR(64) NOT NULL,
	claim VARCHAR(64) NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE reports (
	event TEXT NOT NULL,
	subject TEXT NOT NULL,
	incident VARCHAR(80) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name TEXT NOT NULL,
	state VARCHAR(20) NOT NULL,
	at VARCHAR(40) NOT NULL,
	word TEXT NOT NULL,
	"by" TEXT NOT NULL,
	people TEXT NOT NULL,
	url TEXT,
	PRIMARY KEY (event, subject)
);
CREATE INDEX reports_incident ON reports (incident);
CREATE TABLE web_sessions (
	digest VARCHAR(64) NOT NULL,
	until DOUBLE NOT NULL, name TEXT DEFAULT '' NOT NULL, proof VARCHAR(64) DEFAULT '' NOT NULL,
	PRIMARY KEY (digest)
);
CREATE TABLE bindings (
	name VARCHAR(64) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE results (
	incident VARCHAR(64) NOT NULL,
	at VARCHAR(40) NOT NULL,
	"trigger" VARCHAR(20) NOT NULL,
	warnings TEXT NOT NULL,
	suggestions TEXT NOT NULL,
	failures TEXT NOT NULL,
	facts TEXT NOT NULL,
	tickets TEXT NOT NULL,
	next_try VARCHAR(40),
	PRIMARY KEY (incident)
);
CREATE TABLE tellings (
	number INTEGER NOT NULL,
	at VARCHAR(40) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	"trigger" VARCHAR(20) NOT NULL,
	action VARCHAR(40) NOT NULL,
	subject TEXT NOT NULL,
	reason TEXT NOT NULL,
	"before" TEXT NOT NULL,
	"after" TEXT NOT NULL,
	PRIMARY KEY (number)
);
CREATE INDEX tellings_incident ON tellings (incident);
CREATE TABLE service_memory (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE pages (
	incident VARCHAR(64) NOT NULL,
	mark VARCHAR(64) NOT NULL,
	page VARCHAR(64) NOT NULL,
	address TEXT NOT NULL,
	title TEXT NOT NULL,
	version INTEGER NOT NULL,
	digest VARCHAR(64) NOT NULL,
	shown TEXT NOT NULL,
	proposed VARCHAR(64) NOT NULL,
	sent TEXT NOT NULL,
	files TEXT NOT NULL,
	noted BOOLEAN NOT NULL,
	in_document BOOLEAN NOT NULL,
	intended_at VARCHAR(40),
	told TEXT NOT NULL,
	"left" VARCHAR(64) NOT NULL, seen_title TEXT DEFAULT '' NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE document_index (
	name VARCHAR(1024) NOT NULL,
	fingerprint VARCHAR(200) NOT NULL,
	rules VARCHAR(64) NOT NULL,
	incident TEXT NOT NULL,
	number TEXT NOT NULL,
	started VARCHAR(40) NOT NULL,
	ended VARCHAR(40) NOT NULL,
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	status TEXT NOT NULL,
	owner TEXT NOT NULL,
	severity TEXT NOT NULL,
	services TEXT NOT NULL,
	teams TEXT NOT NULL,
	prompts TEXT NOT NULL,
	open_prompts INTEGER NOT NULL,
	problems TEXT NOT NULL,
	left_alone BOOLEAN NOT NULL, is_draft BOOLEAN DEFAULT 0 NOT NULL, review VARCHAR(10) DEFAULT '' NOT NULL,
	PRIMARY KEY (name)
);
CREATE INDEX document_index_started ON document_index (started);
CREATE TABLE indexed_items (
	name VARCHAR(1024) NOT NULL,
	ordinal INTEGER NOT NULL,
	task TEXT NOT NULL,
	owner TEXT NOT NULL,
	priority TEXT NOT NULL,
	deadline VARCHAR(10) NOT NULL,
	deadline_text TEXT NOT NULL,
	ticket TEXT NOT NULL,
	url TEXT NOT NULL,
	status TEXT NOT NULL,
	done BOOLEAN NOT NULL,
	left_out TEXT NOT NULL,
	line INTEGER NOT NULL,
	PRIMARY KEY (name, ordinal)
);
CREATE INDEX indexed_items_deadline ON indexed_items (deadline);
CREATE TABLE opened_texts (
	digest VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (digest)
);
CREATE INDEX opened_texts_at ON opened_texts (at);
CREATE TABLE announcements (
	incident VARCHAR(64) NOT NULL,
	channel VARCHAR(64) NOT NULL,
	message VARCHAR(64) NOT NULL,
	mark VARCHAR(64) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	kept VARCHAR(64) NOT NULL,
	gone BOOLEAN NOT NULL,
	intended_at VARCHAR(40),
	services TEXT NOT NULL,
	teams TEXT NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE digests (
	channel VARCHAR(255) NOT NULL,
	named TEXT NOT NULL,
	posted_at VARCHAR(40),
	mark VARCHAR(64) NOT NULL,
	intended_at VARCHAR(40),
	PRIMARY KEY (channel)
);
CREATE TABLE picks (
	incident VARCHAR(80) NOT NULL,
	since VARCHAR(40) NOT NULL,
	read_at VARCHAR(40) NOT NULL,
	channels TEXT NOT NULL,
	messages TEXT NOT NULL,
	closed BOOLEAN NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE incident_facts (
	incident VARCHAR(64) NOT NULL,
	number INTEGER NOT NULL,
	title TEXT NOT NULL,
	url TEXT NOT NULL,
	updated VARCHAR(40) NOT NULL,
	started VARCHAR(40) NOT NULL,
	acknowledged VARCHAR(40),
	resolved VARCHAR(40),
	open_seconds DOUBLE,
	urgency VARCHAR(40) NOT NULL,
	priority TEXT NOT NULL,
	service VARCHAR(64) NOT NULL,
	services TEXT NOT NULL,
	teams TEXT NOT NULL,
	merged BOOLEAN NOT NULL,
	left_out TEXT NOT NULL,
	log_read BOOLEAN NOT NULL,
	PRIMARY KEY (incident)
);
CREATE INDEX incident_facts_resolved ON incident_facts (resolved);
CREATE INDEX incident_facts_service ON incident_facts (service, started);
CREATE TABLE alert_keys (
	incident VARCHAR(64) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	PRIMARY KEY (incident, "key")
);
CREATE INDEX alert_keys_key ON alert_keys ("key");
CREATE TABLE ticket_facts (
	id VARCHAR(64) NOT NULL,
	created VARCHAR(40) NOT NULL,
	state VARCHAR(20) NOT NULL,
	due VARCHAR(10) NOT NULL,
	closed VARCHAR(40),
	PRIMARY KEY (id)
);
CREATE INDEX ticket_facts_created ON ticket_facts (created);
CREATE TABLE final_documents (
	incident VARCHAR(64) NOT NULL,
	since VARCHAR(40) NOT NULL,
	is_final BOOLEAN NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE web_drafts (
	owner VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	base VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (owner, incident)
);
CREATE TABLE settled_suggestions (
	incident VARCHAR(64) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	PRIMARY KEY (incident, digest)
);
CREATE TABLE editor_drafts (
	owner VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	editor VARCHAR(64) NOT NULL,
	base VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (owner, incident, editor)
);
CREATE TABLE web_writers (
	incident VARCHAR(64) NOT NULL,
	writer VARCHAR(64) NOT NULL,
	name TEXT NOT NULL,
	since DOUBLE NOT NULL,
	last DOUBLE NOT NULL,
	PRIMARY KEY (incident, writer)
);
INSERT INTO alembic_version (version_num) VALUES ('025')
