# Whether Windows is in protected print mode, which takes no driver but its own. Included by look and change.
#
# It is on by policy (learn.microsoft.com/windows/client-management/mdm/policy-csp-printers
# #configurewindowsprotectedprint), or because somebody switched it on in Settings. No page of Microsoft's says where
# that stands; public tools that show the state read WindowsProtectedPrintMode beside the policy.

$Protected = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Printers\WPP'

function Test-Protected {
    if (-not (Test-Path -LiteralPath $Protected)) { return $false }
    $mode = Get-ItemProperty -LiteralPath $Protected -ErrorAction Stop
    $mode.WindowsProtectedPrintGroupPolicyState -eq 1 -or $mode.WindowsProtectedPrintMode -eq 1
}
