#include "access/schema.h"

namespace riposte::access {
namespace {

// `kind` is 'user', 'role' or 'group'. Tags are a JSON list of {"Key", "Value"}.
constexpr store::Migration kMigrations[] = {{"access", 1, R"sql(
CREATE TABLE access_keys (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  account TEXT NOT NULL,
  user_name TEXT NOT NULL,            -- '' for the account's root
  active INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL DEFAULT 0,
  last_used_region TEXT NOT NULL DEFAULT '',
  last_used_service TEXT NOT NULL DEFAULT ''
);
CREATE INDEX access_keys_owner ON access_keys (account, user_name);
CREATE TABLE access_temporary_keys (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  token TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  principal TEXT NOT NULL
);
CREATE INDEX access_temporary_keys_expiry ON access_temporary_keys (expires_ms);
CREATE TABLE access_users (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  boundary_arn TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  login_created_ms INTEGER NOT NULL DEFAULT 0,   -- 0: no login profile
  login_reset_required INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, name)
);
CREATE TABLE access_groups (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (account, name)
);
CREATE TABLE access_group_members (
  account TEXT NOT NULL,
  group_name TEXT NOT NULL,
  user_name TEXT NOT NULL,
  PRIMARY KEY (account, group_name, user_name)
);
CREATE TABLE access_roles (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  trust TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  max_session_s INTEGER NOT NULL,
  boundary_arn TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (account, name)
);
CREATE TABLE access_policies (
  arn TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  default_version INTEGER NOT NULL,
  last_version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  UNIQUE (account, name)
);
CREATE TABLE access_policy_versions (
  arn TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (arn, version)
);
CREATE TABLE access_attachments (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  policy_arn TEXT NOT NULL,
  PRIMARY KEY (account, kind, name, policy_arn)
);
CREATE INDEX access_attachments_policy ON access_attachments (policy_arn);
CREATE TABLE access_inline_policies (
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  policy_name TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, kind, name, policy_name)
);
CREATE TABLE access_instance_profiles (
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  id TEXT NOT NULL,
  arn TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  role_name TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (account, name)
);
CREATE TABLE access_account_aliases (
  account TEXT PRIMARY KEY,
  alias TEXT NOT NULL UNIQUE
);
)sql"},
                                            // `document`: what the service shows beside the rest.
                                            {"access", 2, R"sql(
CREATE TABLE access_user_credentials (
  account TEXT NOT NULL,
  user_name TEXT NOT NULL,
  kind TEXT NOT NULL,                 -- 'certificate', 'ssh', 'service'
  id TEXT NOT NULL,
  active INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, user_name, kind, id)
);
CREATE TABLE access_mfa_devices (
  serial TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  seed TEXT NOT NULL,                 -- '' once enabled
  user_name TEXT NOT NULL DEFAULT '', -- '' until enabled
  enabled_ms INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX access_mfa_devices_owner ON access_mfa_devices (account, user_name);
CREATE TABLE access_password_policies (
  account TEXT PRIMARY KEY,
  document TEXT NOT NULL
);
)sql"}};

}  // namespace

std::span<const store::Migration> Migrations() {
  return kMigrations;
}

}  // namespace riposte::access
