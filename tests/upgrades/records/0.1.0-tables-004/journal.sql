BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('004');
CREATE TABLE born (
	one INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (one)
);
INSERT INTO "born" VALUES(1,'2026-11-28T01:33:44.517387+00:00');
CREATE TABLE budgets (
	name VARCHAR(64) NOT NULL, 
	next_at DOUBLE NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "budgets" VALUES('PagerDuty',1.79582964490683436387e+09);
INSERT INTO "budgets" VALUES('Jira',1.79582964481240177148e+09);
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
CREATE TABLE documents (
	name VARCHAR(1024) NOT NULL, 
	fingerprint VARCHAR(200) NOT NULL, 
	incident VARCHAR(64) NOT NULL, 
	seen_at VARCHAR(40) NOT NULL, 
	settled BOOLEAN NOT NULL, 
	problem TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "documents" VALUES('2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md','4e4004.109c.18ec118c15c3fbfd.18ec118c15d6efdd','Q3PICTURESGONE','2026-11-28T01:34:04.796754+00:00',1,'');
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
INSERT INTO "entries" VALUES(1,'2026-11-28T01:33:46.954555+00:00','Q3PICTURESGONE','command','drafted','2026-10-15-Q3PICTURESGONE-pictures-are-missing-on-product-pages.md','the incident is resolved','','','');
INSERT INTO "entries" VALUES(2,'2026-11-28T01:33:58.890633+00:00','Q3PICTURESGONE','command','created','Add an alert on queue depth','the row has no ticket','OPS-1','','');
INSERT INTO "entries" VALUES(3,'2026-11-28T01:33:58.919304+00:00','Q3PICTURESGONE','command','created','Review the hand-over','the row has no ticket','OPS-2','','');
INSERT INTO "entries" VALUES(4,'2026-11-28T01:33:59.256830+00:00','Q3PICTURESGONE','command','status','Add an alert on queue depth','the row has a ticket now','OPS-1','','To Do');
INSERT INTO "entries" VALUES(5,'2026-11-28T01:33:59.256830+00:00','Q3PICTURESGONE','command','status','Review the hand-over','the row has a ticket now','OPS-2','','To Do');
INSERT INTO "entries" VALUES(6,'2026-11-28T01:34:04.786606+00:00','Q3PICTURESGONE','command','status','Add an alert on queue depth','the tracker says so','OPS-1','To Do','Done');
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
INSERT INTO "incidents" VALUES('Q3PICTURESGONE','2026-10-15T09:23:05+00:00','','Pictures are missing on product pages','https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE',4103,'When: 2026-10-15 09:14 - 2026-10-15 09:23 (UTC). Duration: 9 min 2 s. Services: Product Pictures.',1,'{"text": "---\nincident: Q3PICTURESGONE\nurl: https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE\nstatus: draft\n---\n\n# Postmortem: Pictures are missing on product pages\n\n## 1. Incident Summary\n- **Date/Time:** 2026-10-15 09:14 - 2026-10-15 09:23 (UTC)\n- **Duration:** 9 min 2 s\n- **Impact:** High urgency. No alerts [Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]\n- **Services Affected:** Product Pictures\n- **Root Cause:** [Brief explanation of the root cause]\n\n---\n\n## 2. Timeline of Events\n| Time (UTC)      | Event Description |\n|-----------------|-------------------|\n| 09:14 | Priya Ramaswamy opened the incident by hand: \"Pictures are missing on product pages\" on Product Pictures; assigned to Mira Castellan [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RLB37NIXJLLUSG) |\n| 09:14 | Paged Mira Castellan by push message [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RRBLWN6NP5SK37) |\n| 09:15 | Mira Castellan acknowledged after 1 min 12 s [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RWISTL3VNWPVEI) |\n| 09:18 | Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\" [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/R5FQSMMW7INSPP) |\n| 09:23 | Mira Castellan resolved the incident [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RM7ZBHD5AVPNVZ) |\n\n---\n\n## 3. Root Cause Analysis\n- **Primary Cause:** [Detailed technical explanation of what caused the issue]\n- **Contributing Factors:** \n  - [Factor 1]\n  - [Factor 2]\n\n---\n\n## 4. Impact Analysis\n- **Users Affected:** About one order in five was late.\n- **Business Impact:** [e.g., revenue loss, SLA breach, customer complaints]\n- **Technical Impact:** Acknowledged after 1 min 12 s, resolved after 9 min 2 s [e.g., downtime, performance degradation]\n\n---\n\n## 5. Mitigation and Recovery\n- **Steps Taken:**\n  - 09:15 Mira Castellan acknowledged after 1 min 12 s\n  - 09:18 Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\"\n  - 09:23 Mira Castellan resolved the incident\n- **Short-Term Fixes:** [What was done to immediately restore service]\n\n---\n\n## 6. Action Items\n| Task Description                           | Owner      | Priority   | Deadline      | Ticket                                       | Status |\n|--------------------------------------------|------------|------------|---------------|----------------------------------------------|--------|\n| [Action item 1: Add monitoring]            | [Owner 1]  | [High/Low] | [YYYY-MM-DD]  |                                              |        |\n| [Action item 2: Improve alert thresholds]  | [Owner 2]  | [Medium]   | [YYYY-MM-DD]  |                                              |        |\n| Add an alert on queue depth | Lena Okafor | High | 2026-12-01 | [OPS-1](http://127.0.0.1:28632/browse/OPS-1) | To Do  |\n| Review the hand-over |  |  |  | [OPS-2](http://127.0.0.1:28632/browse/OPS-2) | To Do  |\n\n---\n\n## 7. Lessons Learned\n- **What Went Well:**\n  - Acknowledged 1 min 12 s after it was opened (target 5 min)\n  - Resolved after 9 min 2 s (target 1 h)\n  - [Point 1]\n  - [Point 2]\n- **What Didn''t Go Well:**\n  - No monitor raised it: Priya Ramaswamy opened it by hand\n  - [Point 1]\n  - [Point 2]\n- **Improvements for the Future:**\n  - [Point 1]\n  - [Point 2]\n\n---\n\n## 8. Supporting Data\n- **Logs:** [Incident #4103](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE), with 6 entries in its log\n- **Metrics:** ![Incident #4103 from 2026-10-15 09:14 to 2026-10-15 09:23 (UTC); unacknowledged from 09:14 to 09:15 and acknowledged from 09:15 to 09:23; no alerts; Mira Castellan acted 3 times](<Q3PICTURESGONE-timeline.svg>) [Include charts, graphs, or screenshots showing key metrics during the incident]\n- **Diagrams:** [Include architecture or flow diagrams if necessary]\n\n---\n\n## 9. Communication and Review\n- **Stakeholders Notified:** No status update was published [List of stakeholders and communication methods used]\n- **Postmortem Review Meeting:** Due by 2026-10-20 [Scheduled date and time for review]\n", "units": {"title": [["", ["Postmortem: Pictures are missing on product pages"], false]], "summary.date_time": [["", ["2026-10-15 09:14 - 2026-10-15 09:23 (UTC)"], false]], "summary.date_time.points": [], "summary.duration": [["", ["9 min 2 s"], false]], "summary.duration.points": [], "summary.impact": [["", ["High urgency. No alerts [Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]"], false]], "summary.impact.points": [], "summary.services": [["", ["Product Pictures"], false]], "summary.services.points": [], "summary.root_cause": [["prompt", ["[Brief explanation of the root cause]"], true]], "summary.root_cause.points": [], "root_cause.primary": [["prompt", ["[Detailed technical explanation of what caused the issue]"], true]], "root_cause.primary.points": [], "root_cause.factors": [["prompt", [""], true]], "root_cause.factors.points": [["prompt:1", ["[Factor 1]"], true], ["prompt:2", ["[Factor 2]"], true]], "impact.users": [["prompt", ["[Number/percentage of affected users]"], true]], "impact.users.points": [], "impact.business": [["prompt", ["[e.g., revenue loss, SLA breach, customer complaints]"], true]], "impact.business.points": [], "impact.technical": [["", ["Acknowledged after 1 min 12 s, resolved after 9 min 2 s [e.g., downtime, performance degradation]"], false]], "impact.technical.points": [], "mitigation.steps": [["", [""], false]], "mitigation.steps.points": [["step:log:RWISTL3VNWPVEI", ["09:15 Mira Castellan acknowledged after 1 min 12 s"], false], ["step:note:PGVZSAR", ["09:18 Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\""], false], ["step:log:RM7ZBHD5AVPNVZ", ["09:23 Mira Castellan resolved the incident"], false]], "mitigation.fixes": [["prompt", ["[What was done to immediately restore service]"], true]], "mitigation.fixes.points": [], "lessons.well": [["", [""], false]], "lessons.well.points": [["evidence:acknowledged", ["Acknowledged 1 min 12 s after it was opened (target 5 min)"], false], ["evidence:resolved", ["Resolved after 9 min 2 s (target 1 h)"], false], ["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.badly": [["", [""], false]], "lessons.badly.points": [["evidence:detection", ["No monitor raised it: Priya Ramaswamy opened it by hand"], false], ["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.improvements": [["prompt", [""], true]], "lessons.improvements.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "supporting_data.logs": [["", ["[Incident #4103](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE), with 6 entries in its log"], false]], "supporting_data.logs.points": [], "supporting_data.metrics": [["", ["![Incident #4103 from 2026-10-15 09:14 to 2026-10-15 09:23 (UTC); unacknowledged from 09:14 to 09:15 and acknowledged from 09:15 to 09:23; no alerts; Mira Castellan acted 3 times](<Q3PICTURESGONE-timeline.svg>) [Include charts, graphs, or screenshots showing key metrics during the incident]"], false]], "supporting_data.metrics.points": [], "supporting_data.diagrams": [["prompt", ["[Include architecture or flow diagrams if necessary]"], true]], "supporting_data.diagrams.points": [], "communication.stakeholders": [["", ["No status update was published [List of stakeholders and communication methods used]"], false]], "communication.stakeholders.points": [], "communication.review": [["", ["Due by 2026-10-20 [Scheduled date and time for review]"], false]], "communication.review.points": [], "timeline.header": [["", ["Time (UTC)", "Event Description"], false]], "timeline": [["log:RLB37NIXJLLUSG", ["09:14", "Priya Ramaswamy opened the incident by hand: \"Pictures are missing on product pages\" on Product Pictures; assigned to Mira Castellan [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RLB37NIXJLLUSG)"], false], ["pages:RRBLWN6NP5SK37", ["09:14", "Paged Mira Castellan by push message [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RRBLWN6NP5SK37)"], false], ["log:RWISTL3VNWPVEI", ["09:15", "Mira Castellan acknowledged after 1 min 12 s [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RWISTL3VNWPVEI)"], false], ["note:PGVZSAR", ["09:18", "Mira Castellan noted: \"The cache in front of the pictures serves empty answers. Emptying it.\" [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/R5FQSMMW7INSPP)"], false], ["log:RM7ZBHD5AVPNVZ", ["09:23", "Mira Castellan resolved the incident [log](https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE/log_entries/RM7ZBHD5AVPNVZ)"], false]], "action_items": [["prompt:1", ["[Action item 1: Add monitoring]", "[Owner 1]", "[High/Low]", "[YYYY-MM-DD]"], true], ["prompt:2", ["[Action item 2: Improve alert thresholds]", "[Owner 2]", "[Medium]", "[YYYY-MM-DD]"], true]], "front_matter.url": [["", ["https://harbour-shop.pagerduty.example.com/incidents/Q3PICTURESGONE"], false]]}, "prompts": {"title": [["prompt", ["Postmortem: [Incident Title]"], true]], "summary.date_time": [["prompt", ["[Start Date and Time] - [End Date and Time] (UTC)"], true], ["prompt", ["[Start Date and Time] - [End Date and Time] (Timezone)"], true]], "summary.date_time.points": [], "summary.duration": [["prompt", ["[Duration of the Incident]"], true]], "summary.duration.points": [], "summary.impact": [["prompt", ["[Brief summary of the impact, e.g., \"API requests failed for 90% of users\"]"], true]], "summary.impact.points": [], "summary.services": [["prompt", ["[List of affected services or systems]"], true]], "summary.services.points": [], "summary.root_cause": [["prompt", ["[Brief explanation of the root cause]"], true]], "summary.root_cause.points": [], "root_cause.primary": [["prompt", ["[Detailed technical explanation of what caused the issue]"], true]], "root_cause.primary.points": [], "root_cause.factors": [["prompt", [""], true]], "root_cause.factors.points": [["prompt:1", ["[Factor 1]"], true], ["prompt:2", ["[Factor 2]"], true]], "impact.users": [["prompt", ["[Number/percentage of affected users]"], true]], "impact.users.points": [], "impact.business": [["prompt", ["[e.g., revenue loss, SLA breach, customer complaints]"], true]], "impact.business.points": [], "impact.technical": [["prompt", ["[e.g., downtime, performance degradation]"], true]], "impact.technical.points": [], "mitigation.steps": [["prompt", ["[Describe the actions taken to mitigate and resolve the incident]"], true]], "mitigation.steps.points": [], "mitigation.fixes": [["prompt", ["[What was done to immediately restore service]"], true]], "mitigation.fixes.points": [], "lessons.well": [["prompt", [""], true]], "lessons.well.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.badly": [["prompt", [""], true]], "lessons.badly.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "lessons.improvements": [["prompt", [""], true]], "lessons.improvements.points": [["prompt:1", ["[Point 1]"], true], ["prompt:2", ["[Point 2]"], true]], "supporting_data.logs": [["prompt", ["[Link to relevant logs or attach snippets]"], true]], "supporting_data.logs.points": [], "supporting_data.metrics": [["prompt", ["[Include charts, graphs, or screenshots showing key metrics during the incident]"], true]], "supporting_data.metrics.points": [], "supporting_data.diagrams": [["prompt", ["[Include architecture or flow diagrams if necessary]"], true]], "supporting_data.diagrams.points": [], "communication.stakeholders": [["prompt", ["[List of stakeholders and communication methods used]"], true]], "communication.stakeholders.points": [], "communication.review": [["prompt", ["[Scheduled date and time for review]"], true]], "communication.review.points": [], "timeline.header": [["", ["Time (UTC)", "Event Description"], false], ["", ["Time (Timezone)", "Event Description"], false]], "timeline": [["prompt:1", ["HH:MM", "[Event 1: Detection of the issue]"], true], ["prompt:2", ["HH:MM", "[Event 2: Actions taken]"], true], ["prompt:3", ["HH:MM", "[Event 3: Identification of root cause]"], true], ["prompt:4", ["HH:MM", "[Event 4: Resolution applied]"], true]], "action_items": [["prompt:1", ["[Action item 1: Add monitoring]", "[Owner 1]", "[High/Low]", "[YYYY-MM-DD]"], true], ["prompt:2", ["[Action item 2: Improve alert thresholds]", "[Owner 2]", "[Medium]", "[YYYY-MM-DD]"], true]]}}',NULL);
CREATE TABLE intents (
	mark VARCHAR(64) NOT NULL, 
	incident VARCHAR(64) NOT NULL, 
	task TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	opened_at VARCHAR(40) NOT NULL, 
	unknown_since VARCHAR(40), 
	PRIMARY KEY (mark)
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
	done BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "tickets" VALUES('10401','Q3PICTURESGONE','OPS-1','http://127.0.0.1:28632/browse/OPS-1','8b2d7ce6f6e73be2',0,'{"task": "Add an alert on queue depth", "owner": "Lena Okafor", "priority": "High", "deadline": "2026-12-01"}','{"task": "Add an alert on queue depth", "owner": "712020:145ef7d2-4ee1-2e5d-bfa5-6aa987a38ba1", "priority": "High", "deadline": "2026-12-01"}','Done',1,1,1,1);
INSERT INTO "tickets" VALUES('10402','Q3PICTURESGONE','OPS-2','http://127.0.0.1:28632/browse/OPS-2','efbdf7aaa2b38956',1,'{"task": "Review the hand-over", "owner": "", "priority": "", "deadline": ""}','{"task": "Review the hand-over", "owner": "", "priority": "Medium", "deadline": ""}','To Do',1,1,1,0);
CREATE INDEX documents_incident ON documents (incident);
CREATE INDEX tickets_incident ON tickets (incident);
CREATE INDEX intents_incident ON intents (incident);
CREATE INDEX entries_incident ON entries (incident);
CREATE INDEX incidents_merged_into ON incidents (merged_into);
CREATE INDEX skipped_at ON skipped (at);
COMMIT;
