import type { Schema } from "~/api/schema";
import type { Snapshot } from "../edit";
import type { Person } from "../queries";

/** The fields of a person as a form holds them: empty where there is nothing. */
export interface PersonValues {
  username: string;
  fullName: string;
  role: string;
  email: string;
  phone: string;
  gameZone: string;
  team: string;
  reportsTo: string;
  skills: string[];
  profilePicture: string;
}

export const REQUIRED = ["username", "fullName", "role"] as const;

export const EMPTY: PersonValues = {
  username: "",
  fullName: "",
  role: "",
  email: "",
  phone: "",
  gameZone: "",
  team: "",
  reportsTo: "",
  skills: [],
  profilePicture: "",
};

export function snapshotOf(person: Person): Snapshot<PersonValues> {
  const { username, fullName, role, skills, version } = person;
  const { email = "", phone = "", gameZone = "", team = "", reportsTo = "", profilePicture = "" } = person;
  return {
    version,
    values: {
      username,
      fullName,
      role,
      email: email ?? "",
      phone: phone ?? "",
      gameZone: gameZone ?? "",
      team: team ?? "",
      reportsTo: reportsTo ?? "",
      skills,
      profilePicture: profilePicture ?? "",
    },
  };
}

/** Return the change that the API is sent: an emptied optional field is null. */
export function changeOf(typed: Partial<PersonValues>): Schema<"UserChange"> {
  const required: readonly string[] = REQUIRED;
  const entries = Object.entries(typed).map(([name, value]) => [
    name,
    typeof value === "string" ? value.trim() || (required.includes(name) ? "" : null) : value,
  ]);
  return Object.fromEntries(entries) as Schema<"UserChange">;
}

/** Return the new person that the API is sent: without the fields that are empty. */
export function creationOf(values: PersonValues): Schema<"CreateUser"> {
  const entries = Object.entries(values)
    .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value] as const)
    .filter(([, value]) => value.length > 0);
  return Object.fromEntries(entries) as unknown as Schema<"CreateUser">;
}

/** Return the required fields that are empty. */
export function missingOf(values: PersonValues): readonly string[] {
  return REQUIRED.filter((name) => values[name].trim() === "");
}
