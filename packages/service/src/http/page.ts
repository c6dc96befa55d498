import express, { type RequestHandler, Router } from "express";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  });
  next();
};

/** Serves a page's built files from `directory`; browsers ask each time whether a file has changed. */
export function servePage(directory: string): Router {
  const router = Router();
  router.use(securityHeaders, express.static(directory, { cacheControl: false, setHeaders: revalidate }));
  return router;
}

const revalidate = (response: { setHeader(name: string, value: string): void }): void => {
  response.setHeader("Cache-Control", "no-cache");
};
