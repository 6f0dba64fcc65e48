/** Where to go after signing in: a path of our own from `?to=`, else home. */
export const returnTo = (params: URLSearchParams): string => {
  const to = params.get("to") ?? "/";
  // `//host` and `/\host` would leave the site.
  return /^\/(?![/\\])/.test(to) ? to : "/";
};

export const signInFrom = (path: string): string => `/login?${new URLSearchParams({ to: path })}`;
