$version: "2.0"

namespace riposte.ec2

use aws.api#service
use aws.auth#sigv4
use aws.protocols#ec2Query
use aws.protocols#ec2QueryName
use riposte#iamPrefix
use riposte#iamResource

@service(sdkId: "EC2", arnNamespace: "ec2", endpointPrefix: "ec2")
@sigv4(name: "ec2")
@ec2Query
@xmlNamespace(uri: "http://ec2.amazonaws.com/doc/2016-11-15")
@iamPrefix("ec2")
service EC2 {
    version: "2016-11-15"
    operations: [
        AssociateIamInstanceProfile
        AttachVolume
        AuthorizeSecurityGroupEgress
        AuthorizeSecurityGroupIngress
        CopyImage
        CopySnapshot
        CreateImage
        CreateSecurityGroup
        CreateSnapshot
        CreateSnapshots
        CreateTags
        CreateVolume
        DeleteSecurityGroup
        DeleteSnapshot
        DeleteTags
        DeleteVolume
        DeregisterImage
        DescribeAvailabilityZones
        DescribeIamInstanceProfileAssociations
        DescribeImages
        DescribeInstanceAttribute
        DescribeInstanceStatus
        DescribeInstances
        DescribeNetworkInterfaces
        DescribeRegions
        DescribeSecurityGroupRules
        DescribeSecurityGroups
        DescribeSnapshotAttribute
        DescribeSnapshots
        DescribeSubnets
        DescribeTags
        DescribeVolumes
        DescribeVpcs
        DetachVolume
        DisableEbsEncryptionByDefault
        DisassociateIamInstanceProfile
        EnableEbsEncryptionByDefault
        GetEbsDefaultKmsKeyId
        GetEbsEncryptionByDefault
        ModifyInstanceAttribute
        ModifyInstanceMetadataOptions
        ModifyNetworkInterfaceAttribute
        ModifySnapshotAttribute
        ModifyVolume
        RebootInstances
        RevokeSecurityGroupEgress
        RevokeSecurityGroupIngress
        RunInstances
        StartInstances
        StopInstances
        TerminateInstances
    ]
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceId}"])
operation AssociateIamInstanceProfile {
    input: AssociateIamInstanceProfileRequest
    output: AssociateIamInstanceProfileResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:volume/{VolumeId}", "arn:aws:ec2:{region}:{account}:instance/{InstanceId}"])
operation AttachVolume {
    input: AttachVolumeRequest
    output: VolumeAttachment
}

@iamResource(["arn:aws:ec2:{region}:{account}:security-group/{GroupId}"])
operation AuthorizeSecurityGroupEgress {
    input: AuthorizeSecurityGroupEgressRequest
    output: AuthorizeSecurityGroupEgressResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:security-group/{GroupId}"])
operation AuthorizeSecurityGroupIngress {
    input: AuthorizeSecurityGroupIngressRequest
    output: AuthorizeSecurityGroupIngressResult
}

operation CopyImage {
    input: CopyImageRequest
    output: CopyImageResult
}

operation CopySnapshot {
    input: CopySnapshotRequest
    output: CopySnapshotResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceId}"])
operation CreateImage {
    input: CreateImageRequest
    output: CreateImageResult
}

operation CreateSecurityGroup {
    input: CreateSecurityGroupRequest
    output: CreateSecurityGroupResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:volume/{VolumeId}"])
operation CreateSnapshot {
    input: CreateSnapshotRequest
    output: Snapshot
}

operation CreateSnapshots {
    input: CreateSnapshotsRequest
    output: CreateSnapshotsResult
}

operation CreateTags {
    input: CreateTagsRequest
}

operation CreateVolume {
    input: CreateVolumeRequest
    output: Volume
}

@iamResource(["arn:aws:ec2:{region}:{account}:security-group/{GroupId}"])
operation DeleteSecurityGroup {
    input: DeleteSecurityGroupRequest
    output: DeleteSecurityGroupResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:snapshot/{SnapshotId}"])
operation DeleteSnapshot {
    input: DeleteSnapshotRequest
}

operation DeleteTags {
    input: DeleteTagsRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:volume/{VolumeId}"])
operation DeleteVolume {
    input: DeleteVolumeRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:image/{ImageId}"])
operation DeregisterImage {
    input: DeregisterImageRequest
    output: DeregisterImageResult
}

@readonly
operation DescribeAvailabilityZones {
    input: DescribeAvailabilityZonesRequest
    output: DescribeAvailabilityZonesResult
}

@readonly
operation DescribeIamInstanceProfileAssociations {
    input: DescribeIamInstanceProfileAssociationsRequest
    output: DescribeIamInstanceProfileAssociationsResult
}

@readonly
operation DescribeImages {
    input: DescribeImagesRequest
    output: DescribeImagesResult
}

@readonly
operation DescribeInstanceAttribute {
    input: DescribeInstanceAttributeRequest
    output: InstanceAttribute
}

@readonly
operation DescribeInstanceStatus {
    input: DescribeInstanceStatusRequest
    output: DescribeInstanceStatusResult
}

@readonly
operation DescribeInstances {
    input: DescribeInstancesRequest
    output: DescribeInstancesResult
}

@readonly
operation DescribeNetworkInterfaces {
    input: DescribeNetworkInterfacesRequest
    output: DescribeNetworkInterfacesResult
}

@readonly
operation DescribeRegions {
    input: DescribeRegionsRequest
    output: DescribeRegionsResult
}

@readonly
operation DescribeSecurityGroupRules {
    input: DescribeSecurityGroupRulesRequest
    output: DescribeSecurityGroupRulesResult
}

@readonly
operation DescribeSecurityGroups {
    input: DescribeSecurityGroupsRequest
    output: DescribeSecurityGroupsResult
}

@readonly
operation DescribeSnapshotAttribute {
    input: DescribeSnapshotAttributeRequest
    output: DescribeSnapshotAttributeResult
}

@readonly
operation DescribeSnapshots {
    input: DescribeSnapshotsRequest
    output: DescribeSnapshotsResult
}

@readonly
operation DescribeSubnets {
    input: DescribeSubnetsRequest
    output: DescribeSubnetsResult
}

@readonly
operation DescribeTags {
    input: DescribeTagsRequest
    output: DescribeTagsResult
}

@readonly
operation DescribeVolumes {
    input: DescribeVolumesRequest
    output: DescribeVolumesResult
}

@readonly
operation DescribeVpcs {
    input: DescribeVpcsRequest
    output: DescribeVpcsResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:volume/{VolumeId}"])
operation DetachVolume {
    input: DetachVolumeRequest
    output: VolumeAttachment
}

operation DisableEbsEncryptionByDefault {
    input: DisableEbsEncryptionByDefaultRequest
    output: DisableEbsEncryptionByDefaultResult
}

operation DisassociateIamInstanceProfile {
    input: DisassociateIamInstanceProfileRequest
    output: DisassociateIamInstanceProfileResult
}

operation EnableEbsEncryptionByDefault {
    input: EnableEbsEncryptionByDefaultRequest
    output: EnableEbsEncryptionByDefaultResult
}

@readonly
operation GetEbsDefaultKmsKeyId {
    input: GetEbsDefaultKmsKeyIdRequest
    output: GetEbsDefaultKmsKeyIdResult
}

@readonly
operation GetEbsEncryptionByDefault {
    input: GetEbsEncryptionByDefaultRequest
    output: GetEbsEncryptionByDefaultResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceId}"])
operation ModifyInstanceAttribute {
    input: ModifyInstanceAttributeRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceId}"])
operation ModifyInstanceMetadataOptions {
    input: ModifyInstanceMetadataOptionsRequest
    output: ModifyInstanceMetadataOptionsResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}"])
operation ModifyNetworkInterfaceAttribute {
    input: ModifyNetworkInterfaceAttributeRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:snapshot/{SnapshotId}"])
operation ModifySnapshotAttribute {
    input: ModifySnapshotAttributeRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:volume/{VolumeId}"])
operation ModifyVolume {
    input: ModifyVolumeRequest
    output: ModifyVolumeResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceIds[]}"])
operation RebootInstances {
    input: RebootInstancesRequest
}

@iamResource(["arn:aws:ec2:{region}:{account}:security-group/{GroupId}"])
operation RevokeSecurityGroupEgress {
    input: RevokeSecurityGroupEgressRequest
    output: RevokeSecurityGroupEgressResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:security-group/{GroupId}"])
operation RevokeSecurityGroupIngress {
    input: RevokeSecurityGroupIngressRequest
    output: RevokeSecurityGroupIngressResult
}

operation RunInstances {
    input: RunInstancesRequest
    output: Reservation
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceIds[]}"])
operation StartInstances {
    input: StartInstancesRequest
    output: StartInstancesResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceIds[]}"])
operation StopInstances {
    input: StopInstancesRequest
    output: StopInstancesResult
}

@iamResource(["arn:aws:ec2:{region}:{account}:instance/{InstanceIds[]}"])
operation TerminateInstances {
    input: TerminateInstancesRequest
    output: TerminateInstancesResult
}

enum ArchitectureValues {
    i386
    x86_64
    arm64
    x86_64_mac
    arm64_mac
}

structure AssociateIamInstanceProfileRequest {
    @required
    IamInstanceProfile: IamInstanceProfileSpecification
    @required
    InstanceId: String
}

structure AssociateIamInstanceProfileResult {
    @xmlName("iamInstanceProfileAssociation")
    IamInstanceProfileAssociation: IamInstanceProfileAssociation
}

list AssociationIdList {
    @xmlName("AssociationId")
    member: String
}

structure AttachVolumeRequest {
    @required
    Device: String
    @required
    InstanceId: String
    @required
    VolumeId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

enum AttachmentStatus {
    attaching
    attached
    detaching
    detached
}

structure AttributeBooleanValue {
    @xmlName("value")
    Value: Boolean
}

structure AttributeValue {
    @xmlName("value")
    Value: String
}

structure AuthorizeSecurityGroupEgressRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("groupId")
    GroupId: String
    @xmlName("sourceSecurityGroupName")
    SourceSecurityGroupName: String
    @xmlName("sourceSecurityGroupOwnerId")
    SourceSecurityGroupOwnerId: String
    @xmlName("ipProtocol")
    IpProtocol: String
    @xmlName("fromPort")
    FromPort: Integer
    @xmlName("toPort")
    ToPort: Integer
    @xmlName("cidrIp")
    CidrIp: String
    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

structure AuthorizeSecurityGroupEgressResult {
    @xmlName("return")
    Return: Boolean
    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList
}

structure AuthorizeSecurityGroupIngressRequest {
    CidrIp: String
    FromPort: Integer
    GroupId: String
    GroupName: String
    IpPermissions: IpPermissionList
    IpProtocol: String
    SourceSecurityGroupName: String
    SourceSecurityGroupOwnerId: String
    ToPort: Integer
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure AuthorizeSecurityGroupIngressResult {
    @xmlName("return")
    Return: Boolean
    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList
}

structure AvailabilityZone {
    @xmlName("optInStatus")
    OptInStatus: AvailabilityZoneOptInStatus
    @xmlName("messageSet")
    Messages: AvailabilityZoneMessageList
    @xmlName("regionName")
    RegionName: String
    @xmlName("zoneName")
    ZoneName: String
    @xmlName("zoneId")
    ZoneId: String
    @xmlName("groupName")
    GroupName: String
    @xmlName("networkBorderGroup")
    NetworkBorderGroup: String
    @xmlName("zoneType")
    ZoneType: String
    @xmlName("zoneState")
    State: AvailabilityZoneState
}

list AvailabilityZoneList {
    @xmlName("item")
    member: AvailabilityZone
}

structure AvailabilityZoneMessage {
    @xmlName("message")
    Message: String
}

list AvailabilityZoneMessageList {
    @xmlName("item")
    member: AvailabilityZoneMessage
}

enum AvailabilityZoneOptInStatus {
    opt_in_not_required = "opt-in-not-required"
    opted_in = "opted-in"
    not_opted_in = "not-opted-in"
}

enum AvailabilityZoneState {
    available
    information
    impaired
    unavailable
    constrained
}

structure BlobAttributeValue {
    @xmlName("value")
    Value: Blob
}

structure BlockDeviceMapping {
    @xmlName("ebs")
    Ebs: EbsBlockDevice
    @xmlName("noDevice")
    NoDevice: String
    @xmlName("deviceName")
    DeviceName: String
    @xmlName("virtualName")
    VirtualName: String
}

list BlockDeviceMappingList {
    @xmlName("item")
    member: BlockDeviceMapping
}

list BlockDeviceMappingRequestList {
    @xmlName("BlockDeviceMapping")
    member: BlockDeviceMapping
}

structure CopyImageRequest {
    @idempotencyToken
    ClientToken: CopyImageToken
    Description: ImageDescriptionRequest
    @xmlName("encrypted")
    Encrypted: Boolean
    @xmlName("kmsKeyId")
    KmsKeyId: String
    @required
    Name: ImageNameRequest
    @required
    SourceImageId: String
    @required
    SourceRegion: String
    CopyImageTags: Boolean
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure CopyImageResult {
    @xmlName("imageId")
    ImageId: String
}

@length(min: 0, max: 128)
string CopyImageToken

structure CopySnapshotRequest {
    Description: String
    @xmlName("encrypted")
    Encrypted: Boolean
    @xmlName("kmsKeyId")
    KmsKeyId: String
    @required
    SourceRegion: String
    @required
    SourceSnapshotId: String
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure CopySnapshotResult {
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("snapshotId")
    SnapshotId: String
}

enum CopyTagsFromSource {
    volume
}

structure CreateImageRequest {
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("instanceId")
    InstanceId: String
    @required
    @xmlName("name")
    Name: ImageNameRequest
    @xmlName("description")
    Description: ImageDescriptionRequest
    @xmlName("noReboot")
    NoReboot: Boolean
}

structure CreateImageResult {
    @xmlName("imageId")
    ImageId: String
}

structure CreateSecurityGroupRequest {
    @required
    @xmlName("GroupDescription")
    Description: String
    @required
    GroupName: String
    VpcId: String
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateSecurityGroupResult {
    @xmlName("groupId")
    GroupId: String
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("securityGroupArn")
    SecurityGroupArn: String
}

structure CreateSnapshotRequest {
    Description: String
    @required
    VolumeId: String
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure CreateSnapshotsRequest {
    Description: String
    @required
    InstanceSpecification: InstanceSpecification
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    DryRun: Boolean
    CopyTagsFromSource: CopyTagsFromSource
}

structure CreateSnapshotsResult {
    @xmlName("snapshotSet")
    Snapshots: SnapshotSet
}

structure CreateTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("ResourceId")
    Resources: ResourceIdList
    @required
    @xmlName("Tag")
    Tags: TagList
}

structure CreateVolumePermission {
    @xmlName("userId")
    UserId: String
    @xmlName("group")
    Group: PermissionGroup
}

list CreateVolumePermissionList {
    @xmlName("item")
    member: CreateVolumePermission
}

structure CreateVolumePermissionModifications {
    Add: CreateVolumePermissionList
    Remove: CreateVolumePermissionList
}

structure CreateVolumeRequest {
    AvailabilityZone: String
    @xmlName("encrypted")
    Encrypted: Boolean
    Iops: Integer
    KmsKeyId: String
    Size: Integer
    SnapshotId: String
    VolumeType: VolumeType
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    Throughput: Integer
    @idempotencyToken
    ClientToken: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteSecurityGroupRequest {
    GroupId: String
    GroupName: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteSecurityGroupResult {
    @xmlName("return")
    Return: Boolean
    @xmlName("groupId")
    GroupId: String
}

structure DeleteSnapshotRequest {
    @required
    SnapshotId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeleteTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("resourceId")
    Resources: ResourceIdList
    @xmlName("tag")
    Tags: TagList
}

structure DeleteVolumeRequest {
    @required
    VolumeId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeregisterImageRequest {
    @required
    ImageId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DeregisterImageResult {
    @xmlName("return")
    Return: Boolean
}

structure DescribeAvailabilityZonesRequest {
    @xmlName("ZoneName")
    ZoneNames: ZoneNameStringList
    @xmlName("ZoneId")
    ZoneIds: ZoneIdStringList
    AllAvailabilityZones: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeAvailabilityZonesResult {
    @xmlName("availabilityZoneInfo")
    AvailabilityZones: AvailabilityZoneList
}

@range(min: 5, max: 1000)
integer DescribeIamInstanceProfileAssociationsMaxResults

structure DescribeIamInstanceProfileAssociationsRequest {
    @xmlName("AssociationId")
    AssociationIds: AssociationIdList
    @xmlName("Filter")
    Filters: FilterList
    MaxResults: DescribeIamInstanceProfileAssociationsMaxResults
    NextToken: String
}

structure DescribeIamInstanceProfileAssociationsResult {
    @xmlName("iamInstanceProfileAssociationSet")
    IamInstanceProfileAssociations: IamInstanceProfileAssociationSet
    @xmlName("nextToken")
    NextToken: String
}

structure DescribeImagesRequest {
    @xmlName("ExecutableBy")
    ExecutableUsers: ExecutableByStringList
    @xmlName("ImageId")
    ImageIds: ImageIdStringList
    @xmlName("Owner")
    Owners: OwnerStringList
    IncludeDeprecated: Boolean
    IncludeDisabled: Boolean
    MaxResults: Integer
    NextToken: String
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeImagesResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("imagesSet")
    Images: ImageList
}

structure DescribeInstanceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("instanceId")
    InstanceId: String
    @required
    @xmlName("attribute")
    Attribute: InstanceAttributeName
}

structure DescribeInstanceStatusRequest {
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    MaxResults: Integer
    NextToken: String
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("includeAllInstances")
    IncludeAllInstances: Boolean
}

structure DescribeInstanceStatusResult {
    @xmlName("instanceStatusSet")
    InstanceStatuses: InstanceStatusList
    @xmlName("nextToken")
    NextToken: String
}

structure DescribeInstancesRequest {
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    IncludeManagedResources: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("nextToken")
    NextToken: String
    @xmlName("maxResults")
    MaxResults: Integer
}

structure DescribeInstancesResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("reservationSet")
    Reservations: ReservationList
}

@range(min: 5, max: 1000)
integer DescribeNetworkInterfacesMaxResults

structure DescribeNetworkInterfacesRequest {
    NextToken: String
    MaxResults: DescribeNetworkInterfacesMaxResults
    IncludeManagedResources: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("NetworkInterfaceId")
    NetworkInterfaceIds: NetworkInterfaceIdList
    @xmlName("filter")
    Filters: FilterList
}

structure DescribeNetworkInterfacesResult {
    @xmlName("networkInterfaceSet")
    NetworkInterfaces: NetworkInterfaceList
    @xmlName("nextToken")
    NextToken: String
}

structure DescribeRegionsRequest {
    @xmlName("RegionName")
    RegionNames: RegionNameStringList
    AllRegions: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeRegionsResult {
    @xmlName("regionInfo")
    Regions: RegionList
}

@range(min: 5, max: 1000)
integer DescribeSecurityGroupRulesMaxResults

structure DescribeSecurityGroupRulesRequest {
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList
    DryRun: Boolean
    NextToken: String
    MaxResults: DescribeSecurityGroupRulesMaxResults
}

structure DescribeSecurityGroupRulesResult {
    @xmlName("securityGroupRuleSet")
    SecurityGroupRules: SecurityGroupRuleList
    @xmlName("nextToken")
    NextToken: String
}

@range(min: 5, max: 1000)
integer DescribeSecurityGroupsMaxResults

structure DescribeSecurityGroupsRequest {
    @xmlName("GroupId")
    GroupIds: GroupIdStringList
    @xmlName("GroupName")
    GroupNames: GroupNameStringList
    NextToken: String
    MaxResults: DescribeSecurityGroupsMaxResults
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeSecurityGroupsResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("securityGroupInfo")
    SecurityGroups: SecurityGroupList
}

structure DescribeSnapshotAttributeRequest {
    @required
    Attribute: SnapshotAttributeName
    @required
    SnapshotId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeSnapshotAttributeResult {
    @xmlName("snapshotId")
    SnapshotId: String
    @xmlName("createVolumePermission")
    CreateVolumePermissions: CreateVolumePermissionList
}

structure DescribeSnapshotsRequest {
    MaxResults: Integer
    NextToken: String
    @xmlName("Owner")
    OwnerIds: OwnerStringList
    @xmlName("RestorableBy")
    RestorableByUserIds: RestorableByStringList
    @xmlName("SnapshotId")
    SnapshotIds: SnapshotIdStringList
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
}

structure DescribeSnapshotsResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("snapshotSet")
    Snapshots: SnapshotList
}

@range(min: 5, max: 1000)
integer DescribeSubnetsMaxResults

structure DescribeSubnetsRequest {
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("SubnetId")
    SubnetIds: SubnetIdStringList
    NextToken: String
    MaxResults: DescribeSubnetsMaxResults
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeSubnetsResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("subnetSet")
    Subnets: SubnetList
}

structure DescribeTagsRequest {
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("maxResults")
    MaxResults: Integer
    @xmlName("nextToken")
    NextToken: String
}

structure DescribeTagsResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("tagSet")
    Tags: TagDescriptionList
}

structure DescribeVolumesRequest {
    @xmlName("VolumeId")
    VolumeIds: VolumeIdStringList
    IncludeManagedResources: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("nextToken")
    NextToken: String
    @xmlName("maxResults")
    MaxResults: Integer
}

structure DescribeVolumesResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("volumeSet")
    Volumes: VolumeList
}

@range(min: 5, max: 1000)
integer DescribeVpcsMaxResults

structure DescribeVpcsRequest {
    @xmlName("Filter")
    Filters: FilterList
    @xmlName("VpcId")
    VpcIds: VpcIdStringList
    NextToken: String
    MaxResults: DescribeVpcsMaxResults
    @xmlName("dryRun")
    DryRun: Boolean
}

structure DescribeVpcsResult {
    @xmlName("nextToken")
    NextToken: String
    @xmlName("vpcSet")
    Vpcs: VpcList
}

structure DetachVolumeRequest {
    Device: String
    Force: Boolean
    InstanceId: String
    @required
    VolumeId: String
    @xmlName("dryRun")
    DryRun: Boolean
}

enum DeviceType {
    ebs
    instance_store = "instance-store"
}

structure DisableEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure DisableEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean
}

structure DisassociateIamInstanceProfileRequest {
    @required
    AssociationId: String
}

structure DisassociateIamInstanceProfileResult {
    @xmlName("iamInstanceProfileAssociation")
    IamInstanceProfileAssociation: IamInstanceProfileAssociation
}

structure EbsBlockDevice {
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("iops")
    Iops: Integer
    @xmlName("snapshotId")
    SnapshotId: String
    @xmlName("volumeSize")
    VolumeSize: Integer
    @xmlName("volumeType")
    VolumeType: VolumeType
    @xmlName("kmsKeyId")
    KmsKeyId: String
    @xmlName("throughput")
    Throughput: Integer
    @xmlName("encrypted")
    Encrypted: Boolean
}

structure EbsInstanceBlockDevice {
    @xmlName("attachTime")
    AttachTime: Timestamp
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("status")
    Status: AttachmentStatus
    @xmlName("volumeId")
    VolumeId: String
}

structure EbsInstanceBlockDeviceSpecification {
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
}

structure EnableEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure EnableEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean
}

enum EventCode {
    instance_reboot = "instance-reboot"
    system_reboot = "system-reboot"
    system_maintenance = "system-maintenance"
    instance_retirement = "instance-retirement"
    instance_stop = "instance-stop"
}

list ExecutableByStringList {
    @xmlName("ExecutableBy")
    member: String
}

structure Filter {
    Name: String
    @xmlName("Value")
    Values: ValueStringList
}

list FilterList {
    @xmlName("Filter")
    member: Filter
}

structure GetEbsDefaultKmsKeyIdRequest {
    DryRun: Boolean
}

structure GetEbsDefaultKmsKeyIdResult {
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

structure GetEbsEncryptionByDefaultRequest {
    DryRun: Boolean
}

structure GetEbsEncryptionByDefaultResult {
    @xmlName("ebsEncryptionByDefault")
    EbsEncryptionByDefault: Boolean
    @xmlName("sseType")
    SseType: SSEType
}

list GroupIdStringList {
    @xmlName("groupId")
    member: String
}

structure GroupIdentifier {
    @xmlName("groupId")
    GroupId: String
    @xmlName("groupName")
    GroupName: String
}

list GroupIdentifierList {
    @xmlName("item")
    member: GroupIdentifier
}

list GroupNameStringList {
    @xmlName("GroupName")
    member: String
}

enum HttpTokensState {
    optional
    required
}

enum HypervisorType {
    ovm
    xen
}

structure IamInstanceProfile {
    @xmlName("arn")
    Arn: String
    @xmlName("id")
    Id: String
}

structure IamInstanceProfileAssociation {
    @xmlName("associationId")
    AssociationId: String
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfile
    @xmlName("state")
    State: IamInstanceProfileAssociationState
    @xmlName("timestamp")
    Timestamp: Timestamp
}

list IamInstanceProfileAssociationSet {
    @xmlName("item")
    member: IamInstanceProfileAssociation
}

enum IamInstanceProfileAssociationState {
    associating
    associated
    disassociating
    disassociated
}

structure IamInstanceProfileSpecification {
    @xmlName("arn")
    Arn: String
    @xmlName("name")
    Name: String
}

structure Image {
    @xmlName("platformDetails")
    PlatformDetails: String
    @xmlName("usageOperation")
    UsageOperation: String
    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingList
    @xmlName("description")
    Description: String
    @xmlName("enaSupport")
    EnaSupport: Boolean
    @xmlName("hypervisor")
    Hypervisor: HypervisorType
    @xmlName("name")
    Name: String
    @xmlName("rootDeviceName")
    RootDeviceName: String
    @xmlName("rootDeviceType")
    RootDeviceType: DeviceType
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("virtualizationType")
    VirtualizationType: VirtualizationType
    @xmlName("sourceInstanceId")
    SourceInstanceId: String
    @xmlName("imageId")
    ImageId: String
    @xmlName("imageLocation")
    ImageLocation: String
    @xmlName("imageState")
    State: ImageState
    @xmlName("imageOwnerId")
    OwnerId: String
    @xmlName("creationDate")
    CreationDate: String
    @xmlName("isPublic")
    Public: Boolean
    @xmlName("architecture")
    Architecture: ArchitectureValues
    @xmlName("imageType")
    ImageType: ImageTypeValues
}

@length(min: 0, max: 255)
string ImageDescriptionRequest

list ImageIdStringList {
    @xmlName("ImageId")
    member: String
}

list ImageList {
    @xmlName("item")
    member: Image
}

@length(min: 3, max: 128)
string ImageNameRequest

enum ImageState {
    pending
    available
    invalid
    deregistered
    transient
    failed
    error
    disabled
}

enum ImageTypeValues {
    machine
    kernel
    ramdisk
}

structure Instance {
    @xmlName("architecture")
    Architecture: ArchitectureValues
    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingList
    @xmlName("clientToken")
    ClientToken: String
    @xmlName("ebsOptimized")
    EbsOptimized: Boolean
    @xmlName("enaSupport")
    EnaSupport: Boolean
    @xmlName("hypervisor")
    Hypervisor: HypervisorType
    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfile
    @xmlName("networkInterfaceSet")
    NetworkInterfaces: InstanceNetworkInterfaceList
    @xmlName("rootDeviceName")
    RootDeviceName: String
    @xmlName("rootDeviceType")
    RootDeviceType: DeviceType
    @xmlName("groupSet")
    SecurityGroups: GroupIdentifierList
    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean
    @xmlName("stateReason")
    StateReason: StateReason
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("virtualizationType")
    VirtualizationType: VirtualizationType
    @xmlName("metadataOptions")
    MetadataOptions: InstanceMetadataOptionsResponse
    @xmlName("platformDetails")
    PlatformDetails: String
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("imageId")
    ImageId: String
    @xmlName("instanceState")
    State: InstanceState
    @xmlName("privateDnsName")
    PrivateDnsName: String
    @xmlName("dnsName")
    PublicDnsName: String
    @xmlName("reason")
    StateTransitionReason: String
    @xmlName("keyName")
    KeyName: String
    @xmlName("amiLaunchIndex")
    AmiLaunchIndex: Integer
    @xmlName("instanceType")
    InstanceType: InstanceType
    @xmlName("launchTime")
    LaunchTime: Timestamp
    @xmlName("placement")
    Placement: Placement
    @xmlName("monitoring")
    Monitoring: Monitoring
    @xmlName("subnetId")
    SubnetId: String
    @xmlName("vpcId")
    VpcId: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
    @xmlName("ipAddress")
    PublicIpAddress: String
}

structure InstanceAttribute {
    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingList
    @xmlName("disableApiTermination")
    DisableApiTermination: AttributeBooleanValue
    @xmlName("enaSupport")
    EnaSupport: AttributeBooleanValue
    @xmlName("ebsOptimized")
    EbsOptimized: AttributeBooleanValue
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: AttributeValue
    @xmlName("instanceType")
    InstanceType: AttributeValue
    @xmlName("rootDeviceName")
    RootDeviceName: AttributeValue
    @xmlName("sourceDestCheck")
    SourceDestCheck: AttributeBooleanValue
    @xmlName("userData")
    UserData: AttributeValue
    @xmlName("disableApiStop")
    DisableApiStop: AttributeBooleanValue
    @xmlName("groupSet")
    Groups: GroupIdentifierList
}

enum InstanceAttributeName {
    instanceType
    kernel
    ramdisk
    userData
    disableApiTermination
    instanceInitiatedShutdownBehavior
    rootDeviceName
    blockDeviceMapping
    productCodes
    sourceDestCheck
    groupSet
    ebsOptimized
    sriovNetSupport
    enaSupport
    enclaveOptions
    disableApiStop
}

structure InstanceBlockDeviceMapping {
    @xmlName("deviceName")
    DeviceName: String
    @xmlName("ebs")
    Ebs: EbsInstanceBlockDevice
}

list InstanceBlockDeviceMappingList {
    @xmlName("item")
    member: InstanceBlockDeviceMapping
}

structure InstanceBlockDeviceMappingSpecification {
    @xmlName("deviceName")
    DeviceName: String
    @xmlName("ebs")
    Ebs: EbsInstanceBlockDeviceSpecification
    @xmlName("virtualName")
    VirtualName: String
    @xmlName("noDevice")
    NoDevice: String
}

list InstanceBlockDeviceMappingSpecificationList {
    @xmlName("item")
    member: InstanceBlockDeviceMappingSpecification
}

list InstanceIdStringList {
    @xmlName("InstanceId")
    member: String
}

list InstanceList {
    @xmlName("item")
    member: Instance
}

enum InstanceMetadataEndpointState {
    disabled
    enabled
}

structure InstanceMetadataOptionsRequest {
    HttpTokens: HttpTokensState
    HttpPutResponseHopLimit: Integer
    HttpEndpoint: InstanceMetadataEndpointState
    HttpProtocolIpv6: InstanceMetadataProtocolState
    InstanceMetadataTags: InstanceMetadataTagsState
}

structure InstanceMetadataOptionsResponse {
    @xmlName("state")
    State: InstanceMetadataOptionsState
    @xmlName("httpTokens")
    HttpTokens: HttpTokensState
    @xmlName("httpPutResponseHopLimit")
    HttpPutResponseHopLimit: Integer
    @xmlName("httpEndpoint")
    HttpEndpoint: InstanceMetadataEndpointState
    @xmlName("httpProtocolIpv6")
    HttpProtocolIpv6: InstanceMetadataProtocolState
    @xmlName("instanceMetadataTags")
    InstanceMetadataTags: InstanceMetadataTagsState
}

enum InstanceMetadataOptionsState {
    pending
    applied
}

enum InstanceMetadataProtocolState {
    disabled
    enabled
}

enum InstanceMetadataTagsState {
    disabled
    enabled
}

structure InstanceNetworkInterface {
    @xmlName("attachment")
    Attachment: InstanceNetworkInterfaceAttachment
    @xmlName("description")
    Description: String
    @xmlName("groupSet")
    Groups: GroupIdentifierList
    @xmlName("macAddress")
    MacAddress: String
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("privateDnsName")
    PrivateDnsName: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: InstancePrivateIpAddressList
    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean
    @xmlName("status")
    Status: NetworkInterfaceStatus
    @xmlName("subnetId")
    SubnetId: String
    @xmlName("vpcId")
    VpcId: String
    @xmlName("interfaceType")
    InterfaceType: String
}

structure InstanceNetworkInterfaceAttachment {
    @xmlName("attachTime")
    AttachTime: Timestamp
    @xmlName("attachmentId")
    AttachmentId: String
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("deviceIndex")
    DeviceIndex: Integer
    @xmlName("status")
    Status: AttachmentStatus
}

list InstanceNetworkInterfaceList {
    @xmlName("item")
    member: InstanceNetworkInterface
}

structure InstanceNetworkInterfaceSpecification {
    @xmlName("associatePublicIpAddress")
    AssociatePublicIpAddress: Boolean
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("description")
    Description: String
    @xmlName("deviceIndex")
    DeviceIndex: Integer
    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
    @xmlName("subnetId")
    SubnetId: String
}

list InstanceNetworkInterfaceSpecificationList {
    @xmlName("item")
    member: InstanceNetworkInterfaceSpecification
}

structure InstancePrivateIpAddress {
    @xmlName("primary")
    Primary: Boolean
    @xmlName("privateDnsName")
    PrivateDnsName: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list InstancePrivateIpAddressList {
    @xmlName("item")
    member: InstancePrivateIpAddress
}

structure InstanceSpecification {
    @required
    InstanceId: String
    ExcludeBootVolume: Boolean
    @xmlName("ExcludeDataVolumeId")
    ExcludeDataVolumeIds: VolumeIdStringList
}

structure InstanceState {
    @xmlName("code")
    Code: Integer
    @xmlName("name")
    Name: InstanceStateName
}

structure InstanceStateChange {
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("currentState")
    CurrentState: InstanceState
    @xmlName("previousState")
    PreviousState: InstanceState
}

list InstanceStateChangeList {
    @xmlName("item")
    member: InstanceStateChange
}

enum InstanceStateName {
    pending
    running
    shutting_down = "shutting-down"
    terminated
    stopping
    stopped
}

structure InstanceStatus {
    @xmlName("availabilityZone")
    AvailabilityZone: String
    @xmlName("eventsSet")
    Events: InstanceStatusEventList
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("instanceState")
    InstanceState: InstanceState
    @xmlName("instanceStatus")
    InstanceStatus: InstanceStatusSummary
    @xmlName("systemStatus")
    SystemStatus: InstanceStatusSummary
}

structure InstanceStatusDetails {
    @xmlName("impairedSince")
    ImpairedSince: Timestamp
    @xmlName("name")
    Name: StatusName
    @xmlName("status")
    Status: StatusType
}

list InstanceStatusDetailsList {
    @xmlName("item")
    member: InstanceStatusDetails
}

structure InstanceStatusEvent {
    @xmlName("code")
    Code: EventCode
    @xmlName("description")
    Description: String
}

list InstanceStatusEventList {
    @xmlName("item")
    member: InstanceStatusEvent
}

list InstanceStatusList {
    @xmlName("item")
    member: InstanceStatus
}

structure InstanceStatusSummary {
    @xmlName("details")
    Details: InstanceStatusDetailsList
    @xmlName("status")
    Status: SummaryStatus
}

string InstanceType

structure IpPermission {
    @xmlName("ipProtocol")
    IpProtocol: String
    @xmlName("fromPort")
    FromPort: Integer
    @xmlName("toPort")
    ToPort: Integer
    @xmlName("groups")
    UserIdGroupPairs: UserIdGroupPairList
    @xmlName("ipRanges")
    IpRanges: IpRangeList
    @xmlName("ipv6Ranges")
    Ipv6Ranges: Ipv6RangeList
    @xmlName("prefixListIds")
    PrefixListIds: PrefixListIdList
}

list IpPermissionList {
    @xmlName("item")
    member: IpPermission
}

structure IpRange {
    @xmlName("description")
    Description: String
    @xmlName("cidrIp")
    CidrIp: String
}

list IpRangeList {
    @xmlName("item")
    member: IpRange
}

structure Ipv6Range {
    @xmlName("description")
    Description: String
    @xmlName("cidrIpv6")
    CidrIpv6: String
}

list Ipv6RangeList {
    @xmlName("item")
    member: Ipv6Range
}

structure ModifyInstanceAttributeRequest {
    SourceDestCheck: AttributeBooleanValue
    DisableApiStop: AttributeBooleanValue
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("attribute")
    Attribute: InstanceAttributeName
    @xmlName("value")
    Value: ModifyInstanceAttributeValue
    @xmlName("blockDeviceMapping")
    BlockDeviceMappings: InstanceBlockDeviceMappingSpecificationList
    @xmlName("disableApiTermination")
    DisableApiTermination: AttributeBooleanValue
    @xmlName("instanceType")
    InstanceType: AttributeValue
    @xmlName("kernel")
    Kernel: AttributeValue
    @xmlName("ramdisk")
    Ramdisk: AttributeValue
    @xmlName("userData")
    UserData: BlobAttributeValue
    @xmlName("instanceInitiatedShutdownBehavior")
    InstanceInitiatedShutdownBehavior: AttributeValue
    @xmlName("GroupId")
    Groups: GroupIdStringList
    @xmlName("ebsOptimized")
    EbsOptimized: AttributeBooleanValue
    @xmlName("sriovNetSupport")
    SriovNetSupport: AttributeValue
    @xmlName("enaSupport")
    EnaSupport: AttributeBooleanValue
}

@sensitive
string ModifyInstanceAttributeValue

structure ModifyInstanceMetadataOptionsRequest {
    @required
    InstanceId: String
    HttpTokens: HttpTokensState
    HttpPutResponseHopLimit: Integer
    HttpEndpoint: InstanceMetadataEndpointState
    DryRun: Boolean
    HttpProtocolIpv6: InstanceMetadataProtocolState
    InstanceMetadataTags: InstanceMetadataTagsState
}

structure ModifyInstanceMetadataOptionsResult {
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("instanceMetadataOptions")
    InstanceMetadataOptions: InstanceMetadataOptionsResponse
}

structure ModifyNetworkInterfaceAttributeRequest {
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String
    @xmlName("description")
    Description: AttributeValue
    @xmlName("sourceDestCheck")
    SourceDestCheck: AttributeBooleanValue
    @xmlName("SecurityGroupId")
    Groups: SecurityGroupIdStringList
}

structure ModifySnapshotAttributeRequest {
    Attribute: SnapshotAttributeName
    CreateVolumePermission: CreateVolumePermissionModifications
    @xmlName("UserGroup")
    GroupNames: GroupNameStringList
    OperationType: OperationType
    @required
    SnapshotId: String
    @xmlName("UserId")
    UserIds: UserIdStringList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure ModifyVolumeRequest {
    DryRun: Boolean
    @required
    VolumeId: String
    Size: Integer
    VolumeType: VolumeType
    Iops: Integer
    Throughput: Integer
}

structure ModifyVolumeResult {
    @xmlName("volumeModification")
    VolumeModification: VolumeModification
}

structure Monitoring {
    @xmlName("state")
    State: MonitoringState
}

enum MonitoringState {
    disabled
    disabling
    enabled
    pending
}

structure NetworkInterface {
    @xmlName("attachment")
    Attachment: NetworkInterfaceAttachment
    @xmlName("availabilityZone")
    AvailabilityZone: String
    @xmlName("description")
    Description: String
    @xmlName("groupSet")
    Groups: GroupIdentifierList
    @xmlName("interfaceType")
    InterfaceType: NetworkInterfaceType
    @xmlName("macAddress")
    MacAddress: String
    @xmlName("networkInterfaceId")
    NetworkInterfaceId: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("privateDnsName")
    PrivateDnsName: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
    @xmlName("privateIpAddressesSet")
    PrivateIpAddresses: NetworkInterfacePrivateIpAddressList
    @xmlName("requesterManaged")
    RequesterManaged: Boolean
    @xmlName("sourceDestCheck")
    SourceDestCheck: Boolean
    @xmlName("status")
    Status: NetworkInterfaceStatus
    @xmlName("subnetId")
    SubnetId: String
    @xmlName("tagSet")
    TagSet: TagList
    @xmlName("vpcId")
    VpcId: String
}

structure NetworkInterfaceAttachment {
    @xmlName("attachTime")
    AttachTime: Timestamp
    @xmlName("attachmentId")
    AttachmentId: String
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("deviceIndex")
    DeviceIndex: Integer
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("instanceOwnerId")
    InstanceOwnerId: String
    @xmlName("status")
    Status: AttachmentStatus
}

list NetworkInterfaceIdList {
    @xmlName("item")
    member: String
}

list NetworkInterfaceList {
    @xmlName("item")
    member: NetworkInterface
}

structure NetworkInterfacePrivateIpAddress {
    @xmlName("primary")
    Primary: Boolean
    @xmlName("privateDnsName")
    PrivateDnsName: String
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
}

list NetworkInterfacePrivateIpAddressList {
    @xmlName("item")
    member: NetworkInterfacePrivateIpAddress
}

enum NetworkInterfaceStatus {
    available
    associated
    attaching
    in_use = "in-use"
    detaching
}

enum NetworkInterfaceType {
    interface
    natGateway
    efa
    efa_only = "efa-only"
    trunk
    load_balancer
    network_load_balancer
    vpc_endpoint
    branch
    transit_gateway
    lambda
    quicksight
    global_accelerator_managed
    api_gateway_managed
    gateway_load_balancer
    gateway_load_balancer_endpoint
    iot_rules_managed
    aws_codestar_connections_managed
}

enum OperationType {
    add
    remove
}

list OwnerStringList {
    @xmlName("Owner")
    member: String
}

enum PermissionGroup {
    all
}

structure Placement {
    @xmlName("groupName")
    GroupName: String
    @xmlName("tenancy")
    Tenancy: Tenancy
    @xmlName("availabilityZone")
    AvailabilityZone: String
}

structure PrefixListId {
    @xmlName("description")
    Description: String
    @xmlName("prefixListId")
    PrefixListId: String
}

list PrefixListIdList {
    @xmlName("item")
    member: PrefixListId
}

structure RebootInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure ReferencedSecurityGroup {
    @xmlName("groupId")
    GroupId: String
    @xmlName("userId")
    UserId: String
}

structure Region {
    @xmlName("optInStatus")
    OptInStatus: String
    @xmlName("regionName")
    RegionName: String
    @xmlName("regionEndpoint")
    Endpoint: String
}

list RegionList {
    @xmlName("item")
    member: Region
}

list RegionNameStringList {
    @xmlName("RegionName")
    member: String
}

structure Reservation {
    @xmlName("reservationId")
    ReservationId: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("requesterId")
    RequesterId: String
    @xmlName("groupSet")
    Groups: GroupIdentifierList
    @xmlName("instancesSet")
    Instances: InstanceList
}

list ReservationList {
    @xmlName("item")
    member: Reservation
}

list ResourceIdList {
    member: String
}

string ResourceType

list RestorableByStringList {
    member: String
}

structure RevokeSecurityGroupEgressRequest {
    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList
    @xmlName("dryRun")
    DryRun: Boolean
    @required
    @xmlName("groupId")
    GroupId: String
    @xmlName("sourceSecurityGroupName")
    SourceSecurityGroupName: String
    @xmlName("sourceSecurityGroupOwnerId")
    SourceSecurityGroupOwnerId: String
    @xmlName("ipProtocol")
    IpProtocol: String
    @xmlName("fromPort")
    FromPort: Integer
    @xmlName("toPort")
    ToPort: Integer
    @xmlName("cidrIp")
    CidrIp: String
    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

structure RevokeSecurityGroupEgressResult {
    @xmlName("return")
    Return: Boolean
    @xmlName("unknownIpPermissionSet")
    UnknownIpPermissions: IpPermissionList
    @xmlName("revokedSecurityGroupRuleSet")
    RevokedSecurityGroupRules: RevokedSecurityGroupRuleList
}

structure RevokeSecurityGroupIngressRequest {
    CidrIp: String
    FromPort: Integer
    GroupId: String
    GroupName: String
    IpPermissions: IpPermissionList
    IpProtocol: String
    SourceSecurityGroupName: String
    SourceSecurityGroupOwnerId: String
    ToPort: Integer
    @xmlName("SecurityGroupRuleId")
    SecurityGroupRuleIds: SecurityGroupRuleIdList
    @xmlName("dryRun")
    DryRun: Boolean
}

structure RevokeSecurityGroupIngressResult {
    @xmlName("return")
    Return: Boolean
    @xmlName("unknownIpPermissionSet")
    UnknownIpPermissions: IpPermissionList
    @xmlName("revokedSecurityGroupRuleSet")
    RevokedSecurityGroupRules: RevokedSecurityGroupRuleList
}

structure RevokedSecurityGroupRule {
    @xmlName("securityGroupRuleId")
    SecurityGroupRuleId: String
    @xmlName("groupId")
    GroupId: String
    @xmlName("isEgress")
    IsEgress: Boolean
    @xmlName("ipProtocol")
    IpProtocol: String
    @xmlName("fromPort")
    FromPort: Integer
    @xmlName("toPort")
    ToPort: Integer
    @xmlName("cidrIpv4")
    CidrIpv4: String
    @xmlName("cidrIpv6")
    CidrIpv6: String
    @xmlName("prefixListId")
    PrefixListId: String
    @xmlName("referencedGroupId")
    ReferencedGroupId: String
    @xmlName("description")
    Description: String
}

list RevokedSecurityGroupRuleList {
    @xmlName("item")
    member: RevokedSecurityGroupRule
}

structure RunInstancesMonitoringEnabled {
    @required
    @xmlName("enabled")
    Enabled: Boolean
}

structure RunInstancesRequest {
    @xmlName("BlockDeviceMapping")
    BlockDeviceMappings: BlockDeviceMappingRequestList
    ImageId: String
    InstanceType: InstanceType
    KeyName: String
    @required
    MaxCount: Integer
    @required
    MinCount: Integer
    Monitoring: RunInstancesMonitoringEnabled
    Placement: Placement
    @xmlName("SecurityGroupId")
    SecurityGroupIds: SecurityGroupIdStringList
    @xmlName("SecurityGroup")
    SecurityGroups: SecurityGroupStringList
    SubnetId: String
    UserData: RunInstancesUserData
    @xmlName("TagSpecification")
    TagSpecifications: TagSpecificationList
    MetadataOptions: InstanceMetadataOptionsRequest
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("disableApiTermination")
    DisableApiTermination: Boolean
    @xmlName("privateIpAddress")
    PrivateIpAddress: String
    @idempotencyToken
    @xmlName("clientToken")
    ClientToken: String
    @xmlName("networkInterface")
    NetworkInterfaces: InstanceNetworkInterfaceSpecificationList
    @xmlName("iamInstanceProfile")
    IamInstanceProfile: IamInstanceProfileSpecification
    @xmlName("ebsOptimized")
    EbsOptimized: Boolean
}

@sensitive
string RunInstancesUserData

enum SSEType {
    sse_ebs = "sse-ebs"
    sse_kms = "sse-kms"
    none
}

structure SecurityGroup {
    @xmlName("groupId")
    GroupId: String
    @xmlName("ipPermissionsEgress")
    IpPermissionsEgress: IpPermissionList
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("vpcId")
    VpcId: String
    @xmlName("securityGroupArn")
    SecurityGroupArn: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("groupName")
    GroupName: String
    @xmlName("groupDescription")
    Description: String
    @xmlName("ipPermissions")
    IpPermissions: IpPermissionList
}

list SecurityGroupIdStringList {
    @xmlName("SecurityGroupId")
    member: String
}

list SecurityGroupList {
    @xmlName("item")
    member: SecurityGroup
}

structure SecurityGroupRule {
    @xmlName("securityGroupRuleId")
    SecurityGroupRuleId: String
    @xmlName("groupId")
    GroupId: String
    @xmlName("groupOwnerId")
    GroupOwnerId: String
    @xmlName("isEgress")
    IsEgress: Boolean
    @xmlName("ipProtocol")
    IpProtocol: String
    @xmlName("fromPort")
    FromPort: Integer
    @xmlName("toPort")
    ToPort: Integer
    @xmlName("cidrIpv4")
    CidrIpv4: String
    @xmlName("cidrIpv6")
    CidrIpv6: String
    @xmlName("prefixListId")
    PrefixListId: String
    @xmlName("referencedGroupInfo")
    ReferencedGroupInfo: ReferencedSecurityGroup
    @xmlName("description")
    Description: String
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("securityGroupRuleArn")
    SecurityGroupRuleArn: String
}

list SecurityGroupRuleIdList {
    @xmlName("item")
    member: String
}

list SecurityGroupRuleList {
    @xmlName("item")
    member: SecurityGroupRule
}

list SecurityGroupStringList {
    @xmlName("SecurityGroup")
    member: String
}

structure Snapshot {
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("storageTier")
    StorageTier: StorageTier
    @xmlName("completionTime")
    CompletionTime: Timestamp
    @xmlName("snapshotId")
    SnapshotId: String
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("status")
    State: SnapshotState
    @xmlName("startTime")
    StartTime: Timestamp
    @xmlName("progress")
    Progress: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("description")
    Description: String
    @xmlName("volumeSize")
    VolumeSize: Integer
    @xmlName("encrypted")
    Encrypted: Boolean
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

enum SnapshotAttributeName {
    productCodes
    createVolumePermission
}

list SnapshotIdStringList {
    @xmlName("SnapshotId")
    member: String
}

structure SnapshotInfo {
    @xmlName("description")
    Description: String
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("encrypted")
    Encrypted: Boolean
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("state")
    State: SnapshotState
    @xmlName("volumeSize")
    VolumeSize: Integer
    @xmlName("startTime")
    StartTime: Timestamp
    @xmlName("progress")
    Progress: String
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("snapshotId")
    SnapshotId: String
}

list SnapshotList {
    @xmlName("item")
    member: Snapshot
}

list SnapshotSet {
    @xmlName("item")
    member: SnapshotInfo
}

enum SnapshotState {
    pending
    completed
    error
    recoverable
    recovering
}

structure StartInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    @xmlName("additionalInfo")
    AdditionalInfo: String
    @xmlName("dryRun")
    DryRun: Boolean
}

structure StartInstancesResult {
    @xmlName("instancesSet")
    StartingInstances: InstanceStateChangeList
}

structure StateReason {
    @xmlName("code")
    Code: String
    @xmlName("message")
    Message: String
}

enum StatusName {
    reachability
}

enum StatusType {
    passed
    failed
    insufficient_data = "insufficient-data"
    initializing
}

structure StopInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    Hibernate: Boolean
    SkipOsShutdown: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
    @xmlName("force")
    Force: Boolean
}

structure StopInstancesResult {
    @xmlName("instancesSet")
    StoppingInstances: InstanceStateChangeList
}

enum StorageTier {
    archive
    standard
}

structure Subnet {
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("subnetArn")
    SubnetArn: String
    @xmlName("subnetId")
    SubnetId: String
    @xmlName("state")
    State: SubnetState
    @xmlName("vpcId")
    VpcId: String
    @xmlName("cidrBlock")
    CidrBlock: String
    @xmlName("availableIpAddressCount")
    AvailableIpAddressCount: Integer
    @xmlName("availabilityZone")
    AvailabilityZone: String
    @xmlName("defaultForAz")
    DefaultForAz: Boolean
    @xmlName("mapPublicIpOnLaunch")
    MapPublicIpOnLaunch: Boolean
}

list SubnetIdStringList {
    @xmlName("SubnetId")
    member: String
}

list SubnetList {
    @xmlName("item")
    member: Subnet
}

enum SubnetState {
    pending
    available
    unavailable
    failed
    failed_insufficient_capacity = "failed-insufficient-capacity"
}

enum SummaryStatus {
    ok
    impaired
    insufficient_data = "insufficient-data"
    not_applicable = "not-applicable"
    initializing
}

structure Tag {
    @xmlName("key")
    Key: String
    @xmlName("value")
    Value: String
}

structure TagDescription {
    @xmlName("key")
    Key: String
    @xmlName("resourceId")
    ResourceId: String
    @xmlName("resourceType")
    ResourceType: ResourceType
    @xmlName("value")
    Value: String
}

list TagDescriptionList {
    @xmlName("item")
    member: TagDescription
}

list TagList {
    @xmlName("item")
    member: Tag
}

structure TagSpecification {
    @xmlName("resourceType")
    ResourceType: ResourceType
    @xmlName("Tag")
    Tags: TagList
}

list TagSpecificationList {
    @xmlName("item")
    member: TagSpecification
}

enum Tenancy {
    default
    dedicated
    host
}

structure TerminateInstancesRequest {
    @required
    @xmlName("InstanceId")
    InstanceIds: InstanceIdStringList
    Force: Boolean
    SkipOsShutdown: Boolean
    @xmlName("dryRun")
    DryRun: Boolean
}

structure TerminateInstancesResult {
    @xmlName("instancesSet")
    TerminatingInstances: InstanceStateChangeList
}

structure UserIdGroupPair {
    @xmlName("description")
    Description: String
    @xmlName("userId")
    UserId: String
    @xmlName("groupName")
    GroupName: String
    @xmlName("groupId")
    GroupId: String
}

list UserIdGroupPairList {
    @xmlName("item")
    member: UserIdGroupPair
}

list UserIdStringList {
    @xmlName("UserId")
    member: String
}

list ValueStringList {
    @xmlName("item")
    member: String
}

enum VirtualizationType {
    hvm
    paravirtual
}

structure Volume {
    @xmlName("iops")
    Iops: Integer
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("volumeType")
    VolumeType: VolumeType
    @xmlName("multiAttachEnabled")
    MultiAttachEnabled: Boolean
    @xmlName("throughput")
    Throughput: Integer
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("size")
    Size: Integer
    @xmlName("snapshotId")
    SnapshotId: String
    @xmlName("availabilityZone")
    AvailabilityZone: String
    @xmlName("status")
    State: VolumeState
    @xmlName("createTime")
    CreateTime: Timestamp
    @xmlName("attachmentSet")
    Attachments: VolumeAttachmentList
    @xmlName("encrypted")
    Encrypted: Boolean
    @xmlName("kmsKeyId")
    KmsKeyId: String
}

structure VolumeAttachment {
    @xmlName("deleteOnTermination")
    DeleteOnTermination: Boolean
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("instanceId")
    InstanceId: String
    @xmlName("device")
    Device: String
    @xmlName("status")
    State: VolumeAttachmentState
    @xmlName("attachTime")
    AttachTime: Timestamp
}

list VolumeAttachmentList {
    @xmlName("item")
    member: VolumeAttachment
}

enum VolumeAttachmentState {
    attaching
    attached
    detaching
    detached
    busy
}

list VolumeIdStringList {
    @xmlName("VolumeId")
    member: String
}

list VolumeList {
    @xmlName("item")
    member: Volume
}

structure VolumeModification {
    @xmlName("volumeId")
    VolumeId: String
    @xmlName("modificationState")
    ModificationState: VolumeModificationState
    @xmlName("targetSize")
    TargetSize: Integer
    @xmlName("targetVolumeType")
    TargetVolumeType: VolumeType
    @xmlName("originalSize")
    OriginalSize: Integer
    @xmlName("originalVolumeType")
    OriginalVolumeType: VolumeType
    @xmlName("progress")
    Progress: Long
    @xmlName("startTime")
    StartTime: Timestamp
    @xmlName("endTime")
    EndTime: Timestamp
}

enum VolumeModificationState {
    modifying
    optimizing
    completed
    failed
}

enum VolumeState {
    creating
    available
    in_use = "in-use"
    deleting
    deleted
    error
}

enum VolumeType {
    standard
    io1
    io2
    gp2
    sc1
    st1
    gp3
}

structure Vpc {
    @xmlName("ownerId")
    OwnerId: String
    @xmlName("instanceTenancy")
    InstanceTenancy: Tenancy
    @xmlName("cidrBlockAssociationSet")
    CidrBlockAssociationSet: VpcCidrBlockAssociationSet
    @xmlName("isDefault")
    IsDefault: Boolean
    @xmlName("tagSet")
    Tags: TagList
    @xmlName("vpcId")
    VpcId: String
    @xmlName("state")
    State: VpcState
    @xmlName("cidrBlock")
    CidrBlock: String
    @xmlName("dhcpOptionsId")
    DhcpOptionsId: String
}

structure VpcCidrBlockAssociation {
    @xmlName("associationId")
    AssociationId: String
    @xmlName("cidrBlock")
    CidrBlock: String
    @xmlName("cidrBlockState")
    CidrBlockState: VpcCidrBlockState
}

list VpcCidrBlockAssociationSet {
    @xmlName("item")
    member: VpcCidrBlockAssociation
}

structure VpcCidrBlockState {
    @xmlName("state")
    State: VpcCidrBlockStateCode
    @xmlName("statusMessage")
    StatusMessage: String
}

enum VpcCidrBlockStateCode {
    associating
    associated
    disassociating
    disassociated
    failing
    failed
}

list VpcIdStringList {
    @xmlName("VpcId")
    member: String
}

list VpcList {
    @xmlName("item")
    member: Vpc
}

enum VpcState {
    pending
    available
}

list ZoneIdStringList {
    @xmlName("ZoneId")
    member: String
}

list ZoneNameStringList {
    @xmlName("ZoneName")
    member: String
}
