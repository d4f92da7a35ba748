// The tables of the estate, and nothing else. SQL statements stand in resource.cc and buckets.cc.
#pragma once

#include <span>

#include "store/store.h"

namespace riposte::estate {

/// estate_resources: one document a resource, in the form in which its service describes it, with
/// what the engine alone knows under "Internal". `transition_due_ms` is when it changes by itself.
inline constexpr store::Migration kMigrations[] = {
    {"estate", 1, R"sql(
      CREATE TABLE estate_resources (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        document TEXT NOT NULL,
        transition_due_ms INTEGER,
        correlation TEXT NOT NULL DEFAULT '',
        hops INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, region, kind, id)
      ) WITHOUT ROWID;
      CREATE INDEX estate_resources_due ON estate_resources (transition_due_ms)
        WHERE transition_due_ms IS NOT NULL;
      CREATE TABLE estate_settings (
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (account, region, name)
      ) WITHOUT ROWID;
      CREATE TABLE estate_buckets (
        name TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        settings TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX estate_buckets_owner ON estate_buckets (account, name);
      CREATE TABLE estate_objects (
        bucket TEXT NOT NULL,
        name TEXT NOT NULL,
        modified_ms INTEGER NOT NULL,
        etag TEXT NOT NULL,
        size INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (bucket, name)
      );
    )sql"},
};

}  // namespace riposte::estate
