#include "services/ssm/ssm.h"

#include "services/ssm/shipped.h"

namespace riposte::ssm {

SsmService::SsmService(const Options& options, const Parts& parts, const std::string& sealing_key)
    : options_(options),
      engine_(parts.engine),
      directory_(parts.directory),
      authorizer_(parts.authorizer),
      invoker_(parts.invoker),
      catalog_(parts.catalog),
      random_(parts.random),
      secure_strings_(sealing_key, parts.random),
      attachments_(parts.invoker, sealing_key, parts.random),
      shipped_(ShippedDocuments()) {}

std::span<const store::Migration> SsmService::Migrations() {
  return tables::Migrations();
}

void SsmService::Register(api::Registry& registry) {
  using S = SsmService;
  attachments_.Register(registry);
  compliance_.Register(registry);
  settings_.Register(registry);
  registry.Add<S>(
      "ssm", *this,
      {
          {"AddTagsToResource", api::Write(&S::AddTagsToResource)},
          {"CreateDocument", api::Write(&S::CreateDocument)},
          {"DeleteDocument", api::Write(&S::DeleteDocument)},
          {"DeleteParameter", api::Write(&S::DeleteParameter)},
          {"DeleteParameters", api::Write(&S::DeleteParameters)},
          {"DescribeAutomationExecutions", api::Read(&S::DescribeAutomationExecutions)},
          {"DescribeAutomationStepExecutions", api::Read(&S::DescribeAutomationStepExecutions)},
          {"DescribeDocument", api::Read(&S::DescribeDocument)},
          {"DescribeDocumentPermission", api::Read(&S::DescribeDocumentPermission)},
          {"DescribeInstanceInformation", api::Read(&S::DescribeInstanceInformation)},
          {"DescribeParameters", api::Read(&S::DescribeParameters)},
          {"GetAutomationExecution", api::Read(&S::GetAutomationExecution)},
          {"GetCalendarState", api::Read(&S::GetCalendarState)},
          {"GetDocument", api::Read(&S::GetDocument)},
          {"GetParameter", api::Read(&S::GetParameter)},
          {"GetParameterHistory", api::Read(&S::GetParameterHistory)},
          {"GetParameters", api::Read(&S::GetParameters)},
          {"GetParametersByPath", api::Read(&S::GetParametersByPath)},
          {"LabelParameterVersion", api::Write(&S::LabelParameterVersion)},
          {"ListCommandInvocations", api::Read(&S::ListCommandInvocations)},
          {"ListCommands", api::Read(&S::ListCommands)},
          {"ListDocumentVersions", api::Read(&S::ListDocumentVersions)},
          {"ListDocuments", api::Read(&S::ListDocuments)},
          {"ListTagsForResource", api::Read(&S::ListTagsForResource)},
          {"ModifyDocumentPermission", api::Write(&S::ModifyDocumentPermission)},
          {"PutParameter", api::Write(&S::PutParameter)},
          {"RemoveTagsFromResource", api::Write(&S::RemoveTagsFromResource)},
          {"SendAutomationSignal", api::Write(&S::SendAutomationSignal)},
          {"SendCommand", api::Write(&S::SendCommand)},
          {"StartAutomationExecution", api::Write(&S::StartAutomationExecution)},
          {"StopAutomationExecution", api::Write(&S::StopAutomationExecution)},
          {"UnlabelParameterVersion", api::Write(&S::UnlabelParameterVersion)},
          {"UpdateDocument", api::Write(&S::UpdateDocument)},
          {"UpdateDocumentDefaultVersion", api::Write(&S::UpdateDocumentDefaultVersion)},
      });
}

}  // namespace riposte::ssm
