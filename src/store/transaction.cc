// Transaction and Row: SQL as closures see it.
#include <sqlite3.h>

#include "store/connection.h"
#include "store/store.h"

namespace riposte::store {

bool Row::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Row::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Row::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Row::Text(int column) const {
  // The pointer must be asked for before the size: the call may convert the value.
  const void* data = sqlite3_column_type(statement_, column) == SQLITE_BLOB
                         ? sqlite3_column_blob(statement_, column)
                         : static_cast<const void*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

json::Value Row::Json(int column) const {
  auto parsed = json::Parse(Text(column));
  if (!parsed) throw Failure("a stored document is not JSON: " + parsed.error().message);
  return *std::move(parsed);
}

void Transaction::Bind(sqlite3_stmt* statement, std::initializer_list<Param> params) {
  if (sqlite3_stmt_readonly(statement) == 0) {
    if (!writable_) {
      throw Failure("a read transaction cannot write: " + std::string(sqlite3_sql(statement)));
    }
    connection_.BeforeWrite();
  }
  if (static_cast<size_t>(sqlite3_bind_parameter_count(statement)) != params.size()) {
    throw Failure("wrong number of parameters: " + std::string(sqlite3_sql(statement)));
  }
  int index = 0;
  for (const Param& param : params) {
    ++index;
    int code = SQLITE_OK;
    // A null pointer would bind NULL instead of "".
    const char* data = param.text_.data() == nullptr ? "" : param.text_.data();
    switch (param.kind_) {
      case Param::Kind::kNull:
        code = sqlite3_bind_null(statement, index);
        break;
      case Param::Kind::kInt:
        code = sqlite3_bind_int64(statement, index, param.int_);
        break;
      case Param::Kind::kReal:
        code = sqlite3_bind_double(statement, index, param.real_);
        break;
      case Param::Kind::kText:
        code = sqlite3_bind_text64(statement, index, data, param.text_.size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
        break;
      case Param::Kind::kBlob:
        code = sqlite3_bind_blob64(statement, index, data, param.text_.size(), SQLITE_STATIC);
        break;
    }
    if (code != SQLITE_OK) connection_.ThrowLast(sqlite3_sql(statement));
  }
}

int64_t Transaction::Execute(std::string_view sql, std::initializer_list<Param> params) {
  Connection::Lease statement(connection_, sql);
  Bind(statement.get(), params);
  const int64_t before = sqlite3_total_changes64(connection_.db());
  while (statement.Step()) {
  }
  // SELECT and DDL leave sqlite3_changes as the statement before left it.
  if (sqlite3_total_changes64(connection_.db()) == before) return 0;
  return sqlite3_changes64(connection_.db());
}

int64_t Transaction::TotalChanges() const {
  return sqlite3_total_changes64(connection_.db());
}

int64_t Transaction::LastInsertId() const {
  return sqlite3_last_insert_rowid(connection_.db());
}

void Transaction::Query(std::string_view sql, std::initializer_list<Param> params,
                        const std::function<bool(const Row&)>& each) {
  Connection::Lease statement(connection_, sql);
  Bind(statement.get(), params);
  const Row row(statement.get());
  while (statement.Step()) {
    if (!each(row)) break;
  }
}

bool Transaction::QueryOne(std::string_view sql, std::initializer_list<Param> params,
                           const std::function<void(const Row&)>& first) {
  bool found = false;
  Query(sql, params, [&](const Row& row) {
    found = true;
    first(row);
    return false;
  });
  return found;
}

std::optional<int64_t> Transaction::QueryInt(std::string_view sql,
                                             std::initializer_list<Param> params) {
  std::optional<int64_t> value;
  QueryOne(sql, params, [&](const Row& row) {
    if (!row.IsNull(0)) value = row.Int(0);
  });
  return value;
}

std::optional<std::string> Transaction::QueryText(std::string_view sql,
                                                  std::initializer_list<Param> params) {
  std::optional<std::string> value;
  QueryOne(sql, params, [&](const Row& row) {
    if (!row.IsNull(0)) value = row.Str(0);
  });
  return value;
}

void Transaction::OnCommit(Task task) {
  on_commit_.push_back(std::move(task));
}

}  // namespace riposte::store
