/** The services that the probe knows. */
export const SERVICES = ["broadcaster", "whiteboard"] as const;

export type Service = (typeof SERVICES)[number];

export const isService = (text: unknown): text is Service => SERVICES.some((service) => service === text);
