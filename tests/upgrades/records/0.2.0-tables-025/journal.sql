BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('025');
CREATE TABLE alert_keys (
	incident VARCHAR(64) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	PRIMARY KEY (incident, "key")
);
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
CREATE TABLE bindings (
	name VARCHAR(64) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "bindings" VALUES('store','/where/it/was/documents');
INSERT INTO "bindings" VALUES('source','127.0.0.1:28631');
INSERT INTO "bindings" VALUES('tracker','127.0.0.1:28632');
INSERT INTO "bindings" VALUES('project','OPS');
INSERT INTO "bindings" VALUES('place of documents','fe00.2683f9');
INSERT INTO "bindings" VALUES('mark of the last listing','{"": "fe00.2683f9.18ec6685433b22ba.18ec6685433b22ba"}');
CREATE TABLE born (
	one INTEGER NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (one)
);
INSERT INTO "born" VALUES(1,'2026-11-29T03:31:09.641842+00:00');
CREATE TABLE budgets (
	name VARCHAR(64) NOT NULL,
	next_at DOUBLE NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "budgets" VALUES('PagerDuty',1.7959230767146954536e+09);
INSERT INTO "budgets" VALUES('Jira',1.7959230762664284706e+09);
CREATE TABLE claims (
	incident VARCHAR(64) NOT NULL,
	claim VARCHAR(64) NOT NULL,
	PRIMARY KEY (incident)
);
CREATE TABLE cursors (
	name VARCHAR(255) NOT NULL,
	value VARCHAR(255) NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE digests (
	channel VARCHAR(255) NOT NULL,
	named TEXT NOT NULL,
	posted_at VARCHAR(40),
	mark VARCHAR(64) NOT NULL,
	intended_at VARCHAR(40),
	PRIMARY KEY (channel)
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
INSERT INTO "document_index" VALUES('2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md','268418.1074.18ec6685dab79f7e.18ec6685dabce57c','169eb87012c4981a','Q3PICTURESGONE','4103','2026-10-15T09:14:03+00:00','2026-10-15T09:23:05+00:00','Postmortem: Pictures are missing on product pages','https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE','draft','','','["Product Pictures"]','["Shop"]','{"summary": 2, "root_cause": 3, "impact": 2, "mitigation": 1, "lessons": 6, "supporting_data": 2, "communication": 2, "action_items": 2}',20,'[]',0,1,'2026-12-04');
CREATE TABLE documents (
	name VARCHAR(1024) NOT NULL,
	fingerprint VARCHAR(200) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	seen_at VARCHAR(40) NOT NULL,
	settled BOOLEAN NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "documents" VALUES('2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md','268418.1074.18ec6685dab79f7e.18ec6685dabce57c','Q3PICTURESGONE','2026-11-29T03:31:16.517248+00:00',1,'');
CREATE TABLE editor_drafts (
	owner VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	editor VARCHAR(64) NOT NULL,
	base VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (owner, incident, editor)
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
INSERT INTO "entries" VALUES(1,'2026-11-29T03:31:10.467744+00:00','Q3PICTURESGONE','command','drafted','2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md','the incident is resolved','','','');
INSERT INTO "entries" VALUES(2,'2026-11-29T03:31:13.837030+00:00','Q3PICTURESGONE','command','created','Add an alert on queue depth','the row has no ticket','OPS-1','','');
INSERT INTO "entries" VALUES(3,'2026-11-29T03:31:13.842033+00:00','Q3PICTURESGONE','command','created','Review the hand-over','the row has no ticket','OPS-2','','');
INSERT INTO "entries" VALUES(4,'2026-11-29T03:31:13.967331+00:00','Q3PICTURESGONE','command','status','Add an alert on queue depth','the row has a ticket now','OPS-1','','To Do');
INSERT INTO "entries" VALUES(5,'2026-11-29T03:31:13.967331+00:00','Q3PICTURESGONE','command','status','Review the hand-over','the row has a ticket now','OPS-2','','To Do');
INSERT INTO "entries" VALUES(6,'2026-11-29T03:31:16.511182+00:00','Q3PICTURESGONE','command','status','Add an alert on queue depth','the tracker says so','OPS-1','To Do','Done');
CREATE TABLE final_documents (
	incident VARCHAR(64) NOT NULL,
	since VARCHAR(40) NOT NULL,
	is_final BOOLEAN NOT NULL,
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
INSERT INTO "incident_facts" VALUES('Q3PICTURESGONE',4103,'Pictures are missing on product pages','https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE','2026-10-15T09:23:05+00:00','2026-10-15T09:14:03+00:00','2026-10-15T09:15:15+00:00','2026-10-15T09:23:05+00:00',542.0,'high','','PLZ7YSM','["Product Pictures"]','["Shop"]',0,'',1);
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
INSERT INTO "incidents" VALUES('Q3PICTURESGONE','2026-10-15T09:23:05+00:00','','Pictures are missing on product pages','https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE',4103,'When: 2026-10-15 09:14 - 2026-10-15 09:23 (UTC). Duration: 9 min. Services: Product Pictures.',1,'{"text": "---\nincident: Q3PICTURESGONE\nurl: https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE\nstatus: draft\ntitle: Pictures are missing on product pages\nnumber: 4103\nstarted: 2026-10-15T09:14:03+00:00\nended: 2026-10-15T09:23:05+00:00\nservices: [Product Pictures]\nteams: [Shop]\n---\n\n# Postmortem: Pictures are missing on product pages\n\n## 1. Incident Summary\n- **Date/Time:** 2026-10-15 09:14 - 2026-10-15 09:23 (UTC)\n- **Duration:** 9 min\n- **Impact:** High urgency. No alerts\n  - [Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]\n- **Services Affected:** Product Pictures\n- **Root Cause:** [Brief explanation of the root cause]\n\n---\n\n## 2. Timeline of Events\n| Time (UTC)      | Event Description |\n|-----------------|-------------------|\n| 09:14 | Priya Ramaswamy opened the incident by hand: \"Pictures are missing on product pages\" on Product Pictures; assigned to Mira Castellan [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RLB37NIXJLLUSG) |\n| 09:14 | Paged Mira Castellan by push message [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RRBLWN6NP5SK37) |\n| 09:15 | Mira Castellan acknowledged after 1 min 12 s [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RWISTL3VNWPVEI) |\n| 09:18 | Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\" [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/R5FQSMMW7INSPP) |\n| 09:23 | Mira Castellan resolved the incident [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RM7ZBHD5AVPNVZ) |\n\n---\n\n## 3. Root Cause Analysis\n- **Primary Cause:** [Detailed technical explanation of what caused the issue]\n- **Contributing Factors:** \n  - [Factor 1]\n  - [Factor 2]\n\n---\n\n## 4. Impact Analysis\n- **Users Affected:** About one order in five was late.\n- **Business Impact:** [e.g., revenue loss, SLA breach, customer complaints]\n- **Technical Impact:** Acknowledged after 1 min 12 s, resolved after 9 min\n  - [e.g., downtime, performance degradation]\n\n---\n\n## 5. Mitigation and Recovery\n- **Steps Taken:**\n  - 09:18 Mira Castellan: \"The cache in front of the pictures serves empty answers. Emptying it.\"\n- **Short-Term Fixes:** [What was done to immediately restore service]\n\n---\n\n## 6. Action Items\n| Task Description                           | Owner      | Priority   | Deadline      | Ticket                                       | Status |\n|--------------------------------------------|------------|------------|---------------|----------------------------------------------|--------|\n| [Action item 1: Add monitoring]            | [Owner 1]  | [High/Low] | [YYYY-MM-DD]  |                                              |        |\n| [Action item 2: Improve alert thresholds]  | [Owner 2]  | [Medium]   | [YYYY-MM-DD]  |                                              |        |\n| Add an alert on queue depth | Lena Okafor | High | 2026-12-01 | [OPS-1](http://127.0.0.1:28632/browse/OPS-1) | To Do  |\n| Review the hand-over |  |  |  | [OPS-2](http://127.0.0.1:28632/browse/OPS-2) | To Do  |\n\n---\n\n## 7. Lessons Learned\n- **What Went Well:**\n  - [Point 1]\n  - [Point 2]\n- **What Didn''t Go Well:**\n  - No monitor raised it: it was opened by hand\n  - [Point 1]\n  - [Point 2]\n- **Improvements for the Future:**\n  - [Point 1]\n  - [Point 2]\n\n---\n\n## 8. Supporting Data\n- **Logs:** [Incident #4103](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE), with 6 entries in its log\n- **Metrics:** ![Incident #4103 from 2026-10-15 09:14 to 2026-10-15 09:23 (UTC); unacknowledged from 09:14 to 09:15 and acknowledged from 09:15 to 09:23; no alerts; what Mira Castellan did, by time](<Q3PICTURESGONE-timeline.svg>)\n  - [Include charts, graphs, or screenshots showing key metrics during the incident]\n- **Diagrams:** [Include architecture or flow diagrams if necessary]\n\n---\n\n## 9. Communication and Review\n- **Stakeholders Notified:** No status update was published\n  - [List of stakeholders and communication methods used]\n- **Postmortem Review Meeting:** Due by 2026-12-04\n  - [Scheduled date and time for review]\n", "units": {"front_matter.url": [["", ["https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE"], false]], "front_matter.title": [["", ["Pictures are missing on product pages"], false]], "front_matter.number": [["", ["4103"], false]], "front_matter.started": [["", ["2026-10-15T09:14:03+00:00"], false]], "front_matter.ended": [["", ["2026-10-15T09:23:05+00:00"], false]], "front_matter.services": [["", ["Product Pictures"], false]], "front_matter.teams": [["", ["Shop"], false]], "title": [["", ["Postmortem: Pictures are missing on product pages"], false]], "summary.date_time": [["", ["2026-10-15 09:14 - 2026-10-15 09:23 (UTC)"], false]], "summary.date_time.points": [], "summary.duration": [["", ["9 min"], false]], "summary.duration.points": [], "summary.impact": [["", ["High urgency. No alerts"], false]], "summary.impact.points": [["prompt:label", ["[Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]"], true]], "summary.services": [["", ["Product Pictures"], false]], "summary.services.points": [], "summary.root_cause": [["prompt", ["[Brief explanation of the root cause]"], true]], "summary.root_cause.points": [], "root_cause.primary": [["prompt", ["[Detailed technical explanation of what caused the issue]"], true]], "root_cause.primary.points": [], "root_cause.factors": [["prompt", [""], true]], "root_cause.factors.points": [["prompt:1", ["[Factor 1]"], true], ["prompt:2", ["[Factor 2]"], true]], "impact.users": [["prompt", ["[Number/percentage of affected users]"], true]], "impact.users.points": [], "impact.business": [["prompt", ["[e.g., revenue loss, SLA breach, customer complaints]"], true]], "impact.business.points": [], "impact.technical": [["", ["Acknowledged after 1 min 12 s, resolved after 9 min"], false]], "impact.technical.points": [["prompt:label", ["[e.g., downtime, performance degradation]"], true]], "mitigation.steps": [["", [""], false]], "mitigation.steps.points": [["step:note:PGVZSAR", ["09:18 Mira Castellan: \"The cache in front of the pictures serves empty answers. Emptying it.\""], false]], "mitigation.fixes": [["prompt", ["[What was done to immediately restore service]"], true]], "mitigation.fixes.points": [], "lessons.well": [["prompt", [""], true]], "lessons.well.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.badly": [["", [""], false]], "lessons.badly.points": [["evidence:detection", ["No monitor raised it: it was opened by hand"], false], ["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.improvements": [["prompt", [""], true]], "lessons.improvements.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "supporting_data.logs": [["", ["[Incident #4103](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE), with 6 entries in its log"], false]], "supporting_data.logs.points": [], "supporting_data.metrics": [["", ["![Incident #4103 from 2026-10-15 09:14 to 2026-10-15 09:23 (UTC); unacknowledged from 09:14 to 09:15 and acknowledged from 09:15 to 09:23; no alerts; what Mira Castellan did, by time](<Q3PICTURESGONE-timeline.svg>)"], false]], "supporting_data.metrics.points": [["prompt:label", ["[Include charts, graphs, or screenshots showing key metrics during the incident]"], true]], "supporting_data.diagrams": [["prompt", ["[Include architecture or flow diagrams if necessary]"], true]], "supporting_data.diagrams.points": [], "communication.stakeholders": [["", ["No status update was published"], false]], "communication.stakeholders.points": [["prompt:label", ["[List of stakeholders and communication methods used]"], true]], "communication.review": [["", ["Due by 2026-12-04"], false]], "communication.review.points": [["prompt:label", ["[Scheduled date and time for review]"], true]], "timeline.header": [["", ["Time (UTC)", "Event Description"], false]], "timeline": [["log:RLB37NIXJLLUSG", ["09:14", "Priya Ramaswamy opened the incident by hand: \"Pictures are missing on product pages\" on Product Pictures; assigned to Mira Castellan [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RLB37NIXJLLUSG)"], false], ["pages:RRBLWN6NP5SK37", ["09:14", "Paged Mira Castellan by push message [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RRBLWN6NP5SK37)"], false], ["log:RWISTL3VNWPVEI", ["09:15", "Mira Castellan acknowledged after 1 min 12 s [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RWISTL3VNWPVEI)"], false], ["note:PGVZSAR", ["09:18", "Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\" [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/R5FQSMMW7INSPP)"], false], ["log:RM7ZBHD5AVPNVZ", ["09:23", "Mira Castellan resolved the incident [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RM7ZBHD5AVPNVZ)"], false]], "action_items": [["prompt:1", ["[Action item 1: Add monitoring]", "[Owner 1]", "[High/Low]", "[YYYY-MM-DD]"], true], ["prompt:2", ["[Action item 2: Improve alert thresholds]", "[Owner 2]", "[Medium]", "[YYYY-MM-DD]"], true]]}, "prompts": {"title": [["prompt", ["Postmortem: [Incident Title]"], true]], "summary.date_time": [["prompt", ["[Start Date and Time] - [End Date and Time] (UTC)"], true], ["prompt", ["[Start Date and Time] - [End Date and Time] (Timezone)"], true]], "summary.date_time.points": [["prompt:label", ["[Start Date and Time] - [End Date and Time] (UTC)"], true]], "summary.duration": [["prompt", ["[Duration of the Incident]"], true]], "summary.duration.points": [["prompt:label", ["[Duration of the Incident]"], true]], "summary.impact": [["prompt", ["[Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]"], true]], "summary.impact.points": [["prompt:label", ["[Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]"], true]], "summary.services": [["prompt", ["[List of affected services or systems]"], true]], "summary.services.points": [["prompt:label", ["[List of affected services or systems]"], true]], "summary.root_cause": [["prompt", ["[Brief explanation of the root cause]"], true]], "summary.root_cause.points": [["prompt:label", ["[Brief explanation of the root cause]"], true]], "root_cause.primary": [["prompt", ["[Detailed technical explanation of what caused the issue]"], true]], "root_cause.primary.points": [["prompt:label", ["[Detailed technical explanation of what caused the issue]"], true]], "root_cause.factors": [["prompt", [""], true]], "root_cause.factors.points": [["prompt:1", ["[Factor 1]"], true], ["prompt:2", ["[Factor 2]"], true]], "impact.users": [["prompt", ["[Number/percentage of affected users]"], true]], "impact.users.points": [["prompt:label", ["[Number/percentage of affected users]"], true]], "impact.business": [["prompt", ["[e.g., revenue loss, SLA breach, customer complaints]"], true]], "impact.business.points": [["prompt:label", ["[e.g., revenue loss, SLA breach, customer complaints]"], true]], "impact.technical": [["prompt", ["[e.g., downtime, performance degradation]"], true]], "impact.technical.points": [["prompt:label", ["[e.g., downtime, performance degradation]"], true]], "mitigation.steps": [["prompt", ["[Describe the actions taken to mitigate and resolve the incident]"], true]], "mitigation.steps.points": [["prompt:label", ["[Describe the actions taken to mitigate and resolve the incident]"], true]], "mitigation.fixes": [["prompt", ["[What was done to immediately restore service]"], true]], "mitigation.fixes.points": [["prompt:label", ["[What was done to immediately restore service]"], true]], "lessons.well": [["prompt", [""], true]], "lessons.well.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.badly": [["prompt", [""], true]], "lessons.badly.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.improvements": [["prompt", [""], true]], "lessons.improvements.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "supporting_data.logs": [["prompt", ["[Link to relevant logs or attach snippets]"], true]], "supporting_data.logs.points": [["prompt:label", ["[Link to relevant logs or attach snippets]"], true]], "supporting_data.metrics": [["prompt", ["[Include charts, graphs, or screenshots showing key metrics during the incident]"], true]], "supporting_data.metrics.points": [["prompt:label", ["[Include charts, graphs, or screenshots showing key metrics during the incident]"], true]], "supporting_data.diagrams": [["prompt", ["[Include architecture or flow diagrams if necessary]"], true]], "supporting_data.diagrams.points": [["prompt:label", ["[Include architecture or flow diagrams if necessary]"], true]], "communication.stakeholders": [["prompt", ["[List of stakeholders and communication methods used]"], true]], "communication.stakeholders.points": [["prompt:label", ["[List of stakeholders and communication methods used]"], true]], "communication.review": [["prompt", ["[Scheduled date and time for review]"], true]], "communication.review.points": [["prompt:label", ["[Scheduled date and time for review]"], true]], "timeline.header": [["", ["Time (UTC)", "Event Description"], false], ["", ["Time (Timezone)", "Event Description"], false]], "timeline": [["prompt:1", ["HH:MM", "[Event 1: Detection of the issue]"], true], ["prompt:2", ["HH:MM", "[Event 2: Actions taken]"], true], ["prompt:3", ["HH:MM", "[Event 3: Identification of root cause]"], true], ["prompt:4", ["HH:MM", "[Event 4: Resolution applied]"], true]], "action_items": [["prompt:1", ["[Action item 1: Add monitoring]", "[Owner 1]", "[High/Low]", "[YYYY-MM-DD]"], true], ["prompt:2", ["[Action item 2: Improve alert thresholds]", "[Owner 2]", "[Medium]", "[YYYY-MM-DD]"], true]], "summary.date_time.fixed": [], "summary.duration.fixed": [], "summary.impact.fixed": [], "summary.services.fixed": [], "summary.root_cause.fixed": [], "root_cause.primary.fixed": [], "root_cause.factors.fixed": [], "impact.users.fixed": [], "impact.business.fixed": [], "impact.technical.fixed": [], "mitigation.steps.fixed": [], "mitigation.fixes.fixed": [], "lessons.well.fixed": [], "lessons.badly.fixed": [], "lessons.improvements.fixed": [], "supporting_data.logs.fixed": [], "supporting_data.metrics.fixed": [], "supporting_data.diagrams.fixed": [], "communication.stakeholders.fixed": [], "communication.review.fixed": []}}',NULL);
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
INSERT INTO "indexed_items" VALUES('2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md',0,'Add an alert on queue depth','Lena Okafor','High','2026-12-01','2026-12-01','OPS-1','http://127.0.0.1:28632/browse/OPS-1','Done',1,'',64);
INSERT INTO "indexed_items" VALUES('2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md',1,'Review the hand-over','','','','','OPS-2','http://127.0.0.1:28632/browse/OPS-2','To Do',0,'',65);
CREATE TABLE intents (
	mark VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	task TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	opened_at VARCHAR(40) NOT NULL,
	unknown_since VARCHAR(40), failures INTEGER DEFAULT '0' NOT NULL, reason TEXT DEFAULT '' NOT NULL, words TEXT DEFAULT '' NOT NULL, unlabelled_in VARCHAR(255) DEFAULT '' NOT NULL,
	PRIMARY KEY (mark)
);
CREATE TABLE opened_texts (
	digest VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (digest)
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
CREATE TABLE picks (
	incident VARCHAR(80) NOT NULL,
	since VARCHAR(40) NOT NULL,
	read_at VARCHAR(40) NOT NULL,
	channels TEXT NOT NULL,
	messages TEXT NOT NULL,
	closed BOOLEAN NOT NULL,
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
INSERT INTO "results" VALUES('Q3PICTURESGONE','2026-11-29T03:31:16.580952+00:00','command','[]','[]','[]','[]','[]',NULL);
CREATE TABLE service_memory (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "service_memory" VALUES('jira 26d0fa96116c5b215592182f site','{"kind":"Cloud","url":"http://127.0.0.1:28632","version":"1001.0.0-SNAPSHOT","account":"712020:6559eb0b-f71f-d4e8-c2ae-4cb89e2b983c","account_name":"Postmortem Robot"}','2026-11-29T03:31:13.750433+00:00');
INSERT INTO "service_memory" VALUES('jira 26d0fa96116c5b215592182f fields OPS Task','{"issue_type":{"name":"Task","id":"10100","untranslated":"Task"},"required":{"issuetype":"Issue Type","project":"Project","summary":"Summary"},"settable":["description","assignee","project","issuetype","summary","duedate","components","labels","priority"],"priorities":[{"name":"Highest","id":"1","untranslated":""},{"name":"High","id":"2","untranslated":""},{"name":"Medium","id":"3","untranslated":""},{"name":"Low","id":"4","untranslated":""},{"name":"Lowest","id":"5","untranslated":""}],"components":[{"name":"Checkout","id":"10200","untranslated":""},{"name":"Search","id":"10201","untranslated":""}],"parent":"parent","title":"","level":0}','2026-11-29T03:31:13.779607+00:00');
INSERT INTO "service_memory" VALUES('jira 26d0fa96116c5b215592182f person (''OPS'', ''lena okafor'', ())','{"id":"712020:145ef7d2-4ee1-2e5d-bfa5-6aa987a38ba1","name":"Lena Okafor","email":"lena.okafor@example.com","handle":null}','2026-11-29T03:31:13.789388+00:00');
CREATE TABLE settled_suggestions (
	incident VARCHAR(64) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	PRIMARY KEY (incident, digest)
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
CREATE TABLE ticket_facts (
	id VARCHAR(64) NOT NULL,
	created VARCHAR(40) NOT NULL,
	state VARCHAR(20) NOT NULL,
	due VARCHAR(10) NOT NULL,
	closed VARCHAR(40),
	PRIMARY KEY (id)
);
INSERT INTO "ticket_facts" VALUES('10401','2026-11-29T03:31:13.816000+00:00','done','2026-12-01','2026-11-29T03:31:14.095000+00:00');
INSERT INTO "ticket_facts" VALUES('10402','2026-11-29T03:31:13.816000+00:00','open','',NULL);
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
INSERT INTO "tickets" VALUES('10401','Q3PICTURESGONE','OPS-1','http://127.0.0.1:28632/browse/OPS-1','56f52a60ad372651',0,'{"task": "Add an alert on queue depth", "owner": "Lena Okafor", "priority": "High", "deadline": "2026-12-01"}','{"task": "Add an alert on queue depth", "owner": "712020:145ef7d2-4ee1-2e5d-bfa5-6aa987a38ba1", "priority": "High", "deadline": "2026-12-01"}','Done',1,1,1,1,'{}',1);
INSERT INTO "tickets" VALUES('10402','Q3PICTURESGONE','OPS-2','http://127.0.0.1:28632/browse/OPS-2','fe637a5f48b92d53',1,'{"task": "Review the hand-over", "owner": "", "priority": "", "deadline": ""}','{"task": "Review the hand-over", "owner": "", "priority": "Medium", "deadline": ""}','To Do',1,1,1,0,'{}',1);
CREATE TABLE web_drafts (
	owner VARCHAR(64) NOT NULL,
	incident VARCHAR(64) NOT NULL,
	base VARCHAR(64) NOT NULL,
	text BLOB NOT NULL,
	at VARCHAR(40) NOT NULL,
	PRIMARY KEY (owner, incident)
);
CREATE TABLE web_sessions (
	digest VARCHAR(64) NOT NULL,
	until DOUBLE NOT NULL, name TEXT DEFAULT '' NOT NULL, proof VARCHAR(64) DEFAULT '' NOT NULL,
	PRIMARY KEY (digest)
);
CREATE TABLE web_writers (
	incident VARCHAR(64) NOT NULL,
	writer VARCHAR(64) NOT NULL,
	name TEXT NOT NULL,
	since DOUBLE NOT NULL,
	last DOUBLE NOT NULL,
	PRIMARY KEY (incident, writer)
);
CREATE INDEX documents_incident ON documents (incident);
CREATE INDEX tickets_incident ON tickets (incident);
CREATE INDEX intents_incident ON intents (incident);
CREATE INDEX entries_incident ON entries (incident);
CREATE INDEX incidents_merged_into ON incidents (merged_into);
CREATE INDEX skipped_at ON skipped (at);
CREATE INDEX reports_incident ON reports (incident);
CREATE INDEX tellings_incident ON tellings (incident);
CREATE INDEX document_index_started ON document_index (started);
CREATE INDEX indexed_items_deadline ON indexed_items (deadline);
CREATE INDEX opened_texts_at ON opened_texts (at);
CREATE INDEX incident_facts_resolved ON incident_facts (resolved);
CREATE INDEX incident_facts_service ON incident_facts (service, started);
CREATE INDEX alert_keys_key ON alert_keys ("key");
CREATE INDEX ticket_facts_created ON ticket_facts (created);
COMMIT;
