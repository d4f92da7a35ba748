// Instances: pending -> running -> stopping -> stopped, shutting-down -> terminated -> gone.
//
// Each state that an instance enters is announced as "EC2 Instance State-change Notification",
// with the trace of the call that caused it. Records of terminated instances vanish after an hour.
// Source of names, errors and messages: Amazon EC2 API reference, "Instance lifecycle".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "estate/blocks.h"
#include "estate/core.h"
#include "estate/network.h"

namespace riposte::estate {

class Compute {
 public:
  Compute(Core& core, Network& network, Blocks& blocks);

  /// Throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound.
  [[nodiscard]] static Resource Require(store::Transaction& tx, const Scope& scope,
                                        const std::string& id);
  /// All of them, or throws naming every id that does not exist, as the service does.
  [[nodiscard]] static std::vector<Resource> RequireAll(store::Transaction& tx, const Scope& scope,
                                                        const std::vector<std::string>& ids);
  [[nodiscard]] static std::string StateOf(const Resource& instance);

  struct Device {
    std::string name;
    Blocks::NewVolume volume;  ///< Zone is filled in; an id names a seeded volume.
    bool delete_on_termination = true;
  };
  struct Launch {
    std::string id;  ///< "": one is made.
    std::string image_id;
    std::string instance_type = "m1.small";
    int count = 1;
    std::string subnet_id;
    std::string zone;
    std::vector<std::string> group_ids;
    std::string key_name;
    std::string private_ip;
    std::string profile_arn;
    std::vector<Device> devices;  ///< Over those of the image.
    json::Array tags, volume_tags, interface_tags;
    json::Object metadata_options;
    std::string user_data;  ///< Base64, as given.
    bool disable_api_termination = false;
    bool monitoring = false;
    std::string state = "pending";  ///< Seeding: "running" or "stopped" at once.
  };
  /// The instances of one reservation.
  std::vector<Resource> Run(Act& act, const Launch& launch);

  /// These return the state before. Throw IncorrectInstanceState, OperationNotPermitted.
  std::string StartInstance(Act& act, Resource& instance);
  std::string StopInstance(Act& act, Resource& instance);
  std::string TerminateInstance(Act& act, Resource& instance);
  void RebootInstance(Act& act, const Resource& instance);

  /// Replaces the security groups of the primary interface.
  void SetGroups(Act& act, Resource& instance, const std::vector<std::string>& group_ids);

  /// Gives the instance an instance profile; the association. REQUIRES: it has none.
  Resource AssociateProfile(Act& act, Resource& instance, const std::string& profile_arn);

  /// The instance with its network interfaces, as DescribeInstances shows it.
  [[nodiscard]] static json::Object Describe(store::Transaction& tx, const Resource& instance);
  /// Its network interfaces, the primary one first.
  [[nodiscard]] static std::vector<Resource> InterfacesOf(store::Transaction& tx,
                                                          const Resource& instance);

 private:
  void Enter(Act& act, Resource& instance, std::string_view state);
  void Advance(Act& act, Resource& instance);
  void Release(Act& act, Resource& instance);

  Core& core_;
  Network& network_;
  Blocks& blocks_;
};

/// {"Code":16,"Name":"running"}
[[nodiscard]] json::Object InstanceState(std::string_view name);

}  // namespace riposte::estate
