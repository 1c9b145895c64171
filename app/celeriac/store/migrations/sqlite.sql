CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE attempt (
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	started_us BIGINT, 
	ended_us BIGINT, 
	CONSTRAINT pk_attempt PRIMARY KEY (execution_id, seq, attempt)
);
CREATE TABLE execution (
	id VARCHAR(22) NOT NULL, 
	namespace VARCHAR(256) NOT NULL, 
	flow_id VARCHAR(256) NOT NULL, 
	flow_revision INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	fence BIGINT NOT NULL, 
	next_seq INTEGER NOT NULL, 
	cell VARCHAR(64) NOT NULL, 
	inputs JSON NOT NULL, 
	labels JSON NOT NULL, 
	variables JSON NOT NULL, 
	outputs JSON, 
	"trigger" JSON, 
	histories JSON NOT NULL, 
	parent_id VARCHAR(22), 
	parent_seq INTEGER, 
	parent_attempt INTEGER, 
	depth INTEGER NOT NULL, 
	poisoned INTEGER NOT NULL, 
	secrets JSON, 
	created_us BIGINT NOT NULL, 
	started_us BIGINT, 
	ended_us BIGINT, 
	done_us BIGINT, original_id VARCHAR(22), scheduled_us BIGINT, 
	CONSTRAINT pk_execution PRIMARY KEY (id), 
	CONSTRAINT uq_execution_parent_id_parent_seq_parent_attempt UNIQUE (parent_id, parent_seq, parent_attempt)
);
CREATE INDEX ix_execution_open ON execution (cell, done_us);
CREATE TABLE flow (
	namespace VARCHAR(256) NOT NULL, 
	id VARCHAR(256) NOT NULL, 
	revision INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	created_us BIGINT NOT NULL, is_deletion BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_flow PRIMARY KEY (namespace, id, revision)
);
CREATE TABLE frame (
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	parent_seq INTEGER, 
	phase VARCHAR(16) NOT NULL, 
	branch TEXT NOT NULL, 
	next_index INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	iterations BOOLEAN NOT NULL, 
	width INTEGER NOT NULL, 
	open INTEGER NOT NULL, 
	retrying INTEGER NOT NULL, 
	counts JSON NOT NULL, 
	chain JSON NOT NULL, 
	CONSTRAINT pk_frame PRIMARY KEY (execution_id, seq)
);
CREATE TABLE inbox (
	id INTEGER NOT NULL, 
	execution_id VARCHAR(22) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	seq INTEGER NOT NULL, 
	payload JSON, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY (id)
);
CREATE INDEX ix_inbox_at_us ON inbox (at_us);
CREATE INDEX ix_inbox_execution_id ON inbox (execution_id);
CREATE TABLE key_value (
	namespace VARCHAR(256) NOT NULL, 
	"key" VARCHAR(256) NOT NULL, 
	value TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	description TEXT, 
	version INTEGER NOT NULL, 
	expires_us BIGINT, 
	updated_us BIGINT NOT NULL, 
	CONSTRAINT pk_key_value PRIMARY KEY (namespace, "key")
);
CREATE TABLE log (
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	line BIGINT NOT NULL, 
	level VARCHAR(5) NOT NULL, 
	message TEXT NOT NULL, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_log PRIMARY KEY (execution_id, seq, attempt, line)
);
CREATE TABLE loop_value (
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	i INTEGER NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_loop_value PRIMARY KEY (execution_id, seq, i)
);
CREATE TABLE metric (
	id INTEGER NOT NULL, 
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	type VARCHAR(8) NOT NULL, 
	value DOUBLE NOT NULL, 
	tags JSON, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_metric PRIMARY KEY (id)
);
CREATE INDEX ix_metric_execution_id ON metric (execution_id);
CREATE TABLE task_run (
	execution_id VARCHAR(22) NOT NULL, 
	seq INTEGER NOT NULL, 
	parent_seq INTEGER NOT NULL, 
	task_id VARCHAR(256) NOT NULL, 
	branch TEXT NOT NULL, 
	iteration INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	value TEXT, 
	value_hash VARCHAR(32) NOT NULL, 
	segment_end INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempt INTEGER NOT NULL, 
	attempt_state VARCHAR(16), 
	lost INTEGER NOT NULL, 
	fence BIGINT NOT NULL, 
	owner VARCHAR(64), 
	queue VARCHAR(64), 
	published_us BIGINT, 
	due_us BIGINT, 
	handle JSON, 
	outputs JSON, 
	outputs_uri TEXT, 
	histories JSON NOT NULL, 
	first_started_us BIGINT, 
	created_us BIGINT NOT NULL, 
	started_us BIGINT, 
	ended_us BIGINT, 
	CONSTRAINT pk_task_run PRIMARY KEY (execution_id, seq), 
	CONSTRAINT uq_task_run_execution_id_parent_seq_branch_iteration_position UNIQUE (execution_id, parent_seq, branch, iteration, position)
);
CREATE INDEX ix_task_run_due ON task_run (due_us) WHERE due_us IS NOT NULL;
CREATE INDEX ix_task_run_owner ON task_run (owner) WHERE owner IS NOT NULL;
CREATE INDEX ix_task_run_queued ON task_run (published_us) WHERE state = 'QUEUED';
CREATE INDEX ix_task_run_task ON task_run (execution_id, task_id, value_hash);
CREATE TABLE worker (
	id VARCHAR(64) NOT NULL, 
	cell VARCHAR(64) NOT NULL, 
	beat BIGINT NOT NULL, 
	host VARCHAR(256) NOT NULL, 
	pid INTEGER NOT NULL, 
	runners JSON NOT NULL, 
	seen_us BIGINT NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (id)
);
CREATE INDEX ix_worker_cell ON worker (cell);
CREATE INDEX ix_execution_flow ON execution (namespace, flow_id, id);
CREATE INDEX ix_execution_state ON execution (state, id);
CREATE INDEX ix_execution_scheduled ON execution (scheduled_us) WHERE scheduled_us IS NOT NULL AND started_us IS NULL AND done_us IS NULL;
CREATE TABLE flow_head (
	namespace VARCHAR(256) NOT NULL, 
	id VARCHAR(256) NOT NULL, 
	revision INTEGER NOT NULL, 
	is_deleted BOOLEAN NOT NULL, 
	is_disabled BOOLEAN NOT NULL, 
	description TEXT, 
	labels JSON NOT NULL, 
	triggers_revision INTEGER NOT NULL, 
	updated_us BIGINT NOT NULL, 
	CONSTRAINT pk_flow_head PRIMARY KEY (namespace, id)
);
CREATE INDEX ix_flow_head_id ON flow_head (id);
CREATE TABLE execution_label (
	"key" VARCHAR(256) NOT NULL, 
	value VARCHAR(256) NOT NULL, 
	execution_id VARCHAR(22) NOT NULL, 
	CONSTRAINT pk_execution_label PRIMARY KEY ("key", value, execution_id)
);
CREATE INDEX ix_execution_label_execution_id ON execution_label (execution_id);
CREATE TABLE started (
	scope VARCHAR(640) NOT NULL, 
	"key" VARCHAR(256) NOT NULL, 
	execution_id VARCHAR(22) NOT NULL, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_started PRIMARY KEY (scope, "key")
);
CREATE TABLE dead_letter (
	id INTEGER NOT NULL, 
	source VARCHAR(256) NOT NULL, 
	reason TEXT NOT NULL, 
	body TEXT NOT NULL, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_dead_letter PRIMARY KEY (id)
);
CREATE TABLE "trigger" (
	namespace VARCHAR(256) NOT NULL, 
	flow_id VARCHAR(256) NOT NULL, 
	trigger_id VARCHAR(256) NOT NULL, 
	type VARCHAR(256) NOT NULL, 
	flow_revision INTEGER NOT NULL, 
	is_disabled BOOLEAN NOT NULL, 
	is_concurrent BOOLEAN NOT NULL, 
	listens BOOLEAN NOT NULL, 
	next_us BIGINT, 
	last_us BIGINT, 
	execution_id VARCHAR(22), 
	evaluated_us BIGINT, 
	error TEXT, 
	backfill JSON, 
	state JSON, 
	updated_us BIGINT NOT NULL, 
	CONSTRAINT pk_trigger PRIMARY KEY (namespace, flow_id, trigger_id)
);
CREATE INDEX ix_trigger_next_us ON "trigger" (next_us);
CREATE INDEX ix_trigger_type ON "trigger" (type);
CREATE INDEX ix_trigger_listens ON "trigger" (listens);
CREATE TABLE flow_event (
	id INTEGER NOT NULL, 
	execution_id VARCHAR(22) NOT NULL, 
	first INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	at_us BIGINT NOT NULL, 
	CONSTRAINT pk_flow_event PRIMARY KEY (id)
);
CREATE TABLE process (
	id VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	cell VARCHAR(64) NOT NULL, 
	host VARCHAR(256) NOT NULL, 
	pid INTEGER NOT NULL, 
	detail JSON, 
	started_us BIGINT NOT NULL, 
	seen_us BIGINT NOT NULL, 
	CONSTRAINT pk_process PRIMARY KEY (id)
);
CREATE TABLE user_account (
	email VARCHAR(256) NOT NULL, 
	name VARCHAR(256), 
	password_hash TEXT NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	is_disabled BOOLEAN NOT NULL, 
	session_version INTEGER NOT NULL, 
	created_us BIGINT NOT NULL, 
	seen_us BIGINT, 
	CONSTRAINT pk_user_account PRIMARY KEY (email)
);
CREATE TABLE token (
	id VARCHAR(22) NOT NULL, 
	email VARCHAR(256) NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	created_us BIGINT NOT NULL, 
	expires_us BIGINT, 
	used_us BIGINT, 
	CONSTRAINT pk_token PRIMARY KEY (id), 
	CONSTRAINT uq_token_sha256 UNIQUE (sha256)
);
CREATE INDEX ix_token_email ON token (email);
