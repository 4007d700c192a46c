/** Texts of sign-in and of passwords. */
export const entry = {
  signIn: "Sign in",
  signInText: "Use your Baton account.",
  identifier: "User name, e-mail or phone",
  password: "Password",
  showPassword: "Show or hide the password",
  wrong: "The user name or the password is wrong.",
  changeTitle: "Choose your own password",
  changeText: "You signed in with a one-time password. Choose another one to go on.",
  currentPassword: "Current password",
  newPassword: "New password",
  repeatPassword: "Repeat the new password",
  differ: "The two passwords differ.",
  change: "Change password",
  changed: "The password was changed. Your other sessions have ended.",
} as const;
