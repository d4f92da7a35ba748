#include "estate/estate.h"

#include "estate/schema.h"

namespace riposte::estate {

std::span<const store::Migration> Estate::Migrations() {
  return kMigrations;
}

}  // namespace riposte::estate
