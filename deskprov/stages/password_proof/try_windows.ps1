# Runs on the machine: which of the passwords that are offered for an account is the one that it has. They come sealed.
#
# A wrong one counts as a wrong log-on, so that no more are tried than leave a person half of those that Windows allows
# before it locks the account. Nothing is logged on: the token is closed at once.

$NotTried = -1

# https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-logonuserw
# https://learn.microsoft.com/windows/win32/api/lmaccess/ns-lmaccess-user_info_2 and ns-lmaccess-user_modals_info_3
$LogOn = @'
using System;
using System.Runtime.InteropServices;
using System.Security;

public static class DeskprovLogOn
{
    [DllImport("advapi32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
    static extern bool LogonUserW(string user, string domain, IntPtr password, int type, int provider, out IntPtr token);
    [DllImport("kernel32.dll")]
    static extern bool CloseHandle(IntPtr handle);
    [DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
    static extern uint NetUserModalsGet(string server, uint level, out IntPtr buffer);
    [DllImport("netapi32.dll", CharSet = CharSet.Unicode)]
    static extern uint NetUserGetInfo(string server, string user, uint level, out IntPtr buffer);
    [DllImport("netapi32.dll")]
    static extern uint NetApiBufferFree(IntPtr buffer);

    [StructLayout(LayoutKind.Sequential)]
    struct Lockout { public uint Duration; public uint Window; public uint Threshold; }

    [StructLayout(LayoutKind.Sequential)]
    struct Account
    {
        public IntPtr Name; public IntPtr Password; public uint PasswordAge; public uint Privilege; public IntPtr Home;
        public IntPtr Comment; public uint Flags; public IntPtr Script; public uint AuthFlags; public IntPtr FullName;
        public IntPtr UserComment; public IntPtr Parameters; public IntPtr Workstations; public uint LastLogOn;
        public uint LastLogOff; public uint Expires; public uint Storage; public uint Units; public IntPtr Hours;
        public uint BadPasswords;
    }

    const int Network = 3;
    const int DefaultProvider = 0;

    // 0 when no account is ever locked.
    public static long Threshold()
    {
        IntPtr buffer;
        uint code = NetUserModalsGet(null, 3, out buffer);
        if (code != 0) { throw new InvalidOperationException("NetUserModalsGet: error " + code); }
        try { return ((Lockout)Marshal.PtrToStructure(buffer, typeof(Lockout))).Threshold; }
        finally { NetApiBufferFree(buffer); }
    }

    public static long BadPasswords(string user)
    {
        IntPtr buffer;
        uint code = NetUserGetInfo(null, user, 2, out buffer);
        if (code != 0) { throw new InvalidOperationException("NetUserGetInfo: error " + code); }
        try { return ((Account)Marshal.PtrToStructure(buffer, typeof(Account))).BadPasswords; }
        finally { NetApiBufferFree(buffer); }
    }

    // 0, or the error of Windows.
    public static int Try(string user, SecureString password)
    {
        IntPtr text = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            IntPtr token;
            if (!LogonUserW(user, ".", text, Network, DefaultProvider, out token)) { return Marshal.GetLastWin32Error(); }
            CloseHandle(token);
            return 0;
        }
        finally { Marshal.ZeroFreeGlobalAllocUnicode(text); }
    }
}
'@

function look($argument) {
    $thumbprint, $offered = $argument
    $there = @(Get-LocalUser -ErrorAction Stop)
    if ($thumbprint) { Add-Type -TypeDefinition $LogOn }
    $found = @{}
    foreach ($each in $offered) {
        $name, $end, $sealed = $each
        $account = @($there | Where-Object { if ($end) { "$($_.SID)" -like "S-1-5-21-*$end" } else { $_.Name -eq $name } })
        if ($account.Count) { $found[$name] = @(Test-Password $account[0].Name $thumbprint $sealed) }
    }
    $found
}

# One number for each that is offered, up to the first that is no wrong password.
function Test-Password($name, $thumbprint, $sealed) {
    foreach ($each in $sealed) {
        $password = Open-Sealed $thumbprint $each
        $threshold = [DeskprovLogOn]::Threshold()
        if ($threshold -and 2 * ([DeskprovLogOn]::BadPasswords($name) + 1) -gt $threshold) { return $NotTried }
        $code = [DeskprovLogOn]::Try($name, $password)
        $code
        if ($code -ne 1326) { return }
    }
}
