// Volumes, snapshots and images: what an instance's data lives in.
//
// creating -> available -> in-use (attaching, attached, detaching); snapshots pending (0 % … 75 %)
// -> completed; images pending -> available once their snapshots are. Deleting is at once.
// A volume's "Attachments" are the truth about what is attached; the instance's
// "BlockDeviceMappings" are kept equal to them by this class.
// Source of names, errors and messages: Amazon EC2 API reference. Inside a write transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "estate/core.h"

namespace riposte::estate {

class Blocks {
 public:
  explicit Blocks(Core& core);

  /// Throw InvalidVolume.NotFound, InvalidSnapshot.NotFound, InvalidAMIID.NotFound, or
  /// InvalidParameterValue when the id is not one.
  [[nodiscard]] static Resource RequireVolume(store::Transaction& tx, const Scope& scope,
                                              const std::string& id);
  [[nodiscard]] static Resource RequireSnapshot(store::Transaction& tx, const Scope& scope,
                                                const std::string& id);
  [[nodiscard]] static Resource RequireImage(store::Transaction& tx, const Scope& scope,
                                             const std::string& id);

  struct NewVolume {
    std::string id;  ///< "": one is made.
    std::string zone;
    std::string snapshot_id;
    int64_t size_gib = 0;  ///< 0: the snapshot's.
    std::string type = "gp2";
    int64_t iops = 0;
    int64_t throughput = 0;
    bool encrypted = false;  ///< Also when the snapshot is, or the account's default says so.
    std::string kms_key_id;  ///< "": the snapshot's, else the default key.
    json::Array tags;
    bool ready = false;  ///< Made with an instance, or seeded: available at once.
  };
  Resource CreateVolume(Act& act, const NewVolume& request);
  /// Throws VolumeInUse.
  void DeleteVolume(Act& act, const Resource& volume);

  struct Attachment {
    std::string device;
    bool delete_on_termination = false;
    bool ready = false;  ///< At once, without "attaching".
  };
  /// Throws VolumeInUse, IncorrectState, InvalidVolume.ZoneMismatch, InvalidParameterValue.
  void Attach(Act& act, Resource& volume, Resource& instance, const Attachment& attachment);
  /// Throws IncorrectState, OperationNotPermitted for the root of a running instance.
  void Detach(Act& act, Resource& volume, bool at_once);

  struct NewSnapshot {
    std::string id;  ///< "": one is made.
    std::string description;
    json::Array tags;
    bool ready = false;  ///< Seeded: completed at once.
  };
  Resource CreateSnapshot(Act& act, const Resource& volume, const NewSnapshot& request);
  /// A copy in act.scope of a snapshot that may lie in another region of the account.
  Resource CopySnapshot(Act& act, const Resource& source, const NewSnapshot& request,
                        bool encrypted, const std::string& kms_key_id);
  /// Throws InvalidSnapshot.InUse while an image needs it.
  void DeleteSnapshot(Act& act, const Resource& snapshot);

  struct NewImage {
    std::string name;
    std::string description;
    json::Array tags;
    json::Array snapshot_tags;
  };
  /// Snapshots every volume of `instance`. Throws InvalidAMIName.Duplicate.
  Resource CreateImage(Act& act, const Resource& instance, const NewImage& request);

  /// A copy in act.scope, with copies of its snapshots, of an image that may lie in another region
  /// of the account. Throws InvalidAMIName.Duplicate, InvalidAMIID.Unavailable.
  Resource CopyImage(Act& act, const Resource& source, const NewImage& request, bool encrypted,
                     const std::string& kms_key_id);

  /// arn:aws:kms:…:alias/aws/ebs: what encrypts when no key is named.
  [[nodiscard]] static std::string DefaultKey(store::Transaction& tx, const Scope& scope);

 private:
  void AdvanceVolume(Act& act, Resource& volume);
  void AdvanceSnapshot(Act& act, Resource& snapshot);
  void AdvanceImage(Act& act, Resource& image);
  static void RequireFreeName(Act& act, const std::string& name);
  void SetMapping(Act& act, const Resource& volume, std::string_view status);

  Core& core_;
};

}  // namespace riposte::estate
