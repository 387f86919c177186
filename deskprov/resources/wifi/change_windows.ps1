# Runs on the machine: sets up a Wi-Fi network for every account, or forgets it.
#
# The profile with its password goes to the WLAN service in memory: netsh would need it in a file. What the computer
# hangs on alone is not forgotten, and replaced only with a timed undo, for that would cut off whoever does it.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Ssid,
    [bool]$Forget,
    [bool]$Replace,
    [string]$Authentication,
    [bool]$Hidden,
    [bool]$Automatic,
    [System.Security.SecureString]$Password
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

# https://learn.microsoft.com/windows/win32/api/wlanapi/nf-wlanapi-wlansetprofile
$Service = @'
using System;
using System.Runtime.InteropServices;

public static class DeskprovWlan
{
    [DllImport("wlanapi.dll")]
    static extern uint WlanOpenHandle(uint version, IntPtr reserved, out uint negotiated, out IntPtr handle);
    [DllImport("wlanapi.dll")]
    static extern uint WlanCloseHandle(IntPtr handle, IntPtr reserved);
    [DllImport("wlanapi.dll")]
    static extern uint WlanEnumInterfaces(IntPtr handle, IntPtr reserved, out IntPtr list);
    [DllImport("wlanapi.dll")]
    static extern void WlanFreeMemory(IntPtr memory);
    [DllImport("wlanapi.dll", CharSet = CharSet.Unicode)]
    static extern uint WlanSetProfile(IntPtr handle, ref Guid adapter, uint flags, string profile, string security,
        bool overwrite, IntPtr reserved, out uint reason);

    [DllImport("wlanapi.dll", CharSet = CharSet.Unicode)]
    static extern uint WlanDeleteProfile(IntPtr handle, ref Guid adapter, string name, IntPtr reserved);

    const int Header = 8;          // two DWORDs before the first WLAN_INTERFACE_INFO
    const int Entry = 16 + 512 + 4; // its GUID, 256 WCHARs and a state

    const uint NotFound = 1168;

    public static int Adapters;
    public static uint Reason;

    public static uint SetProfile(string profile) { return OnEach(profile, null); }

    public static uint DeleteProfile(string name) { return OnEach(null, name); }

    static uint OnEach(string profile, string gone)
    {
        uint negotiated;
        IntPtr handle;
        uint code = WlanOpenHandle(2, IntPtr.Zero, out negotiated, out handle);
        if (code != 0) { return code; }
        IntPtr list = IntPtr.Zero;
        try
        {
            code = WlanEnumInterfaces(handle, IntPtr.Zero, out list);
            if (code != 0) { return code; }
            Adapters = Marshal.ReadInt32(list);
            for (int number = 0; number < Adapters && code == 0; number++)
            {
                byte[] id = new byte[16];
                Marshal.Copy(new IntPtr(list.ToInt64() + Header + number * Entry), id, 0, 16);
                Guid adapter = new Guid(id);
                if (gone != null) { code = WlanDeleteProfile(handle, ref adapter, gone, IntPtr.Zero); }
                else { code = WlanSetProfile(handle, ref adapter, 0, profile, null, true, IntPtr.Zero, out Reason); }
                if (gone != null && code == NotFound) { code = 0; }
            }
            return code;
        }
        finally
        {
            if (list != IntPtr.Zero) { WlanFreeMemory(list); }
            WlanCloseHandle(handle, IntPtr.Zero);
        }
    }
}
'@

# https://learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-elements
$Empty = @'
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">
<name>-</name><SSIDConfig><SSID><name>-</name></SSID><nonBroadcast>-</nonBroadcast></SSIDConfig>
<connectionType>ESS</connectionType><connectionMode>-</connectionMode>
<MSM><security><authEncryption><authentication>-</authentication><encryption>-</encryption><useOneX>false</useOneX>
</authEncryption><sharedKey><keyType>passPhrase</keyType><protected>false</protected><keyMaterial>-</keyMaterial>
</sharedKey></security></MSM></WLANProfile>
'@

function Get-Profile {
    $document = [xml]$Empty
    $root = $document.WLANProfile
    $root.name = $Ssid
    $root.SSIDConfig.SSID.name = $Ssid
    $root.SSIDConfig.nonBroadcast = "$Hidden".ToLowerInvariant()
    $root.connectionMode = if ($Automatic) { 'auto' } else { 'manual' }
    $security = $root.MSM.security
    $security.authEncryption.authentication = $Authentication
    $security.authEncryption.encryption = if ($Password) { 'AES' } else { 'none' }
    if ($Password) {
        $security.sharedKey.keyMaterial = (New-Object -TypeName PSCredential -ArgumentList 'x', $Password).GetNetworkCredential().Password
    }
    else { $null = $security.RemoveChild($security.sharedKey) }
    $document.OuterXml
}

# Windows calls a network that it believes to be another of the same name "SSID 2". What has no traffic (a virtual switch,
# a tunnel that is not in use) is no other way in.
# https://learn.microsoft.com/windows-hardware/drivers/network/msft-netconnectionprofile
$Reaches = 'Internet', 'LocalNetwork', 'Subnet'

# Whether this computer would take the change back by itself.
function Test-Undo { Test-Path -LiteralPath "$env:SystemRoot\deskprov\undo\saved.json" }

function Assert-OtherWay {
    $up = @(Get-NetConnectionProfile | Where-Object {
        $Reaches -contains "$($_.IPv4Connectivity)" -or $Reaches -contains "$($_.IPv6Connectivity)"
    })
    if ($up.Count -and -not @($up | Where-Object { $_.Name -cnotmatch "^$([regex]::Escape($Ssid))( \d+)?$" }).Count) {
        throw "This computer is connected by the network '$Ssid' alone, and changing that would cut deskprov off. Plug in a cable, then run this again."
    }
}

$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
if ($Forget -or ($Replace -and -not (Test-Undo))) { Assert-OtherWay }
$wlan = Add-Type -TypeDefinition $Service -PassThru
$code = if ($Forget) { $wlan::DeleteProfile($Ssid) } else { $wlan::SetProfile((Get-Profile)) }
if ($code -eq 1062) { throw 'The service for Wi-Fi (WlanSvc) does not run on this computer.' }
if ($code -eq 1206) {
    throw "Windows refuses the profile of this network (reason $($wlan::Reason)): look at how long its password is, and whether the adapter can do what security says."
}
if ($code -ne 0) { throw "Windows could not do this with the network (error $code)." }
if ($wlan::Adapters -eq 0) { throw 'This computer has no Wi-Fi adapter.' }
