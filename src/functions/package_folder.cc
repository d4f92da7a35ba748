#include "functions/package_folder.h"

#include "os/files.h"
#include "os/staged_tree.h"

namespace riposte::functions {

Status PackageFolder::Start() {
  os::RemoveTree(folder_);
  return os::MakePrivateFolder(folder_);
}

Result<std::string> PackageFolder::Directory(const std::string& sha256_base64) {
  const std::string name = PackageDirectoryName(sha256_base64);
  if (name.empty()) return Fail(Code::kNotFound, "The function has no code.");
  const std::string path = folder_ + "/" + name;
  if (os::DirectoryExists(path)) return path;
  const Result<std::string> zip = load_(sha256_base64);
  if (!zip) return std::unexpected(zip.error());
  auto tree = os::StagedTree::Begin(path);
  if (!tree) return std::unexpected(tree.error());
  const Status unpacked =
      UnpackPackage(*zip, limits_, [&](const PackageEntry& entry, std::string_view bytes) {
        return entry.directory ? tree->AddDirectory(entry.name)
                               : tree->AddFile(entry.name, bytes, entry.executable);
      });
  if (!unpacked) return std::unexpected(unpacked.error());
  if (const Status published = tree->Publish(); !published) {
    return std::unexpected(published.error());
  }
  return path;
}

Result<std::string> PackageFolder::Empty() {
  const std::string path = folder_ + "/empty";
  if (os::DirectoryExists(path)) return path;
  auto tree = os::StagedTree::Begin(path);
  if (!tree) return std::unexpected(tree.error());
  if (const Status published = tree->Publish(); !published) {
    return std::unexpected(published.error());
  }
  return path;
}

}  // namespace riposte::functions
