# Who is in a local group, as CIM says: Get-LocalGroupMember ends at the first member that no longer exists. Included by
# the scripts that ask.

# Each with Domain and Name, as far as Windows still has them. Names of groups hold no quotation mark and no backslash.
function Get-Membership($group) {
    $asked = @{
        ClassName = 'Win32_GroupUser'; OperationTimeoutSec = 15; ErrorAction = 'Stop'
        Filter = 'GroupComponent="Win32_Group.Domain=\"{0}\",Name=\"{1}\""' -f $env:COMPUTERNAME, $group
    }
    foreach ($membership in Get-CimInstance @asked) { $membership.PartComponent }
}
