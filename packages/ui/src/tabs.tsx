import { Tabs as BaseTabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import "./tabs.css";

interface Tab {
  value: string;
  label: string;
  content: ReactNode;
}

export const Tabs = ({ label, tabs }: { label: string; tabs: Tab[] }) => (
  <BaseTabs.Root defaultValue={tabs[0]?.value}>
    <BaseTabs.List className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <BaseTabs.Tab key={tab.value} value={tab.value} className="tab">
          {tab.label}
        </BaseTabs.Tab>
      ))}
    </BaseTabs.List>
    {tabs.map((tab) => (
      <BaseTabs.Panel key={tab.value} value={tab.value} className="tab-panel">
        {tab.content}
      </BaseTabs.Panel>
    ))}
  </BaseTabs.Root>
);
