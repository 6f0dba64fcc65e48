import { CSPProvider } from "@base-ui/react/csp-provider";
import { Toasts } from "@footlight/ui/toast.tsx";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router";
import { aheadOf, createClient, createQueryClient, TRPCProvider } from "../api/trpc.ts";
import { createRouter } from "./routes.tsx";

export const App = () => {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  const [router] = useState(() => createRouter(aheadOf(queryClient, trpcClient)));
  return (
    // The content security policy allows no <style> elements.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
        </TRPCProvider>
      </QueryClientProvider>
    </CSPProvider>
  );
};
